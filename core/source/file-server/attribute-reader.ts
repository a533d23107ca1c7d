import { constants as osConstants } from 'node:os'

import {
  type Attribute,
  attributeNames,
  type AttributeProblem,
  LONGEST_ATTRIBUTE_LIST,
  LONGEST_ATTRIBUTE_VALUE,
  noAttributeCalls,
  systemError,
  type SystemCalls,
} from '../../file-system/index.ts'

export interface AttributeReader {
  /**
   * The extended attributes of what lies at `path`, links not followed, in the kernel's order (restic keeps it too).
   * Most files have none: that takes one system call and allocates nothing. With `descriptor` of what is open, whatever
   * has its name by now. Where this machine cannot read any, that is told once, of the first entry that was asked for.
   */
  read(path: Uint8Array, problem: AttributeProblem, descriptor?: number): readonly Attribute[]
}

const NONE: readonly Attribute[] = []
const NO_NAME = Buffer.alloc(0)

const { ENODATA, ENOSYS, ENOTSUP } = osConstants.errno

export function createAttributeReader(calls: SystemCalls | undefined): AttributeReader {
  if (calls === undefined) return withoutCalls()
  const listSpace = Buffer.allocUnsafeSlow(LONGEST_ATTRIBUTE_LIST)
  const valueSpace = Buffer.allocUnsafeSlow(LONGEST_ATTRIBUTE_VALUE)
  return {
    read(path, problem, descriptor) {
      const target = descriptor ?? path
      const length = calls.listAttributes(target, listSpace)
      if (length === 0 || length === -ENOTSUP || length === -ENOSYS) return NONE
      if (length < 0) {
        problem(NO_NAME, systemError(length, 'llistxattr', path))
        return NONE
      }
      const attributes: Attribute[] = []
      for (const name of attributeNames(listSpace, length)) {
        const size = calls.getAttribute(target, name, valueSpace)
        if (size >= 0) attributes.push({ name, value: Buffer.from(valueSpace.subarray(0, size)) })
        // ENODATA: removed since it was listed.
        else if (size !== -ENODATA) problem(name, systemError(size, 'lgetxattr', path))
      }
      return attributes
    },
  }
}

function withoutCalls(): AttributeReader {
  let isTold = false
  return {
    read(_path, problem) {
      if (!isTold) problem(NO_NAME, noAttributeCalls())
      isTold = true
      return NONE
    },
  }
}
