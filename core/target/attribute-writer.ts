import { constants as osConstants } from 'node:os'

import {
  type Attribute,
  attributeNames,
  type AttributeProblem,
  type AttributeTarget,
  LONGEST_ATTRIBUTE_LIST,
  LONGEST_ATTRIBUTE_VALUE,
  noAttributeCalls,
  systemError,
  type SystemCalls,
} from '../file-system/index.ts'

export interface AttributeWriter {
  /**
   * Gives `target` exactly these attributes: others are removed, except those that belong to the system (SELinux and
   * its like), which restic does not remove either. ACLs are written last, as they may take the right to write more.
   */
  write(target: AttributeTarget, wanted: readonly Attribute[], problem: AttributeProblem): void
  /** Whether `write` would change nothing. */
  isWritten(target: AttributeTarget, wanted: readonly Attribute[]): boolean
}

const { ENODATA } = osConstants.errno

export function createAttributeWriter(calls: SystemCalls | undefined): AttributeWriter {
  if (calls === undefined) {
    return {
      write(_target, wanted, problem) {
        for (const { name } of wanted) problem(name, noAttributeCalls())
      },
      isWritten: () => true,
    }
  }
  const listSpace = Buffer.allocUnsafeSlow(LONGEST_ATTRIBUTE_LIST)
  const valueSpace = Buffer.allocUnsafeSlow(LONGEST_ATTRIBUTE_VALUE)
  return {
    write(target, wanted, problem) {
      const length = calls.listAttributes(target, listSpace)
      if (length > 0) {
        for (const name of attributeNames(listSpace, length)) {
          if (!isOurs(name) || wanted.some((attribute) => attribute.name.equals(name))) continue
          const answer = calls.removeAttribute(target, name)
          if (answer < 0 && answer !== -ENODATA) problem(name, systemError(answer, 'removexattr', name))
        }
      }
      if (wanted.length === 0) return
      for (const acl of [false, true]) {
        for (const { name, value } of wanted) {
          if (isAcl(name) !== acl) continue
          const answer = calls.setAttribute(target, name, value)
          if (answer < 0) problem(name, systemError(answer, 'setxattr', name))
        }
      }
    },
    isWritten(target, wanted) {
      const length = calls.listAttributes(target, listSpace)
      for (const name of attributeNames(listSpace, length)) {
        if (isOurs(name) && !wanted.some((attribute) => attribute.name.equals(name))) return false
      }
      return wanted.every(({ name, value }) => {
        const size = calls.getAttribute(target, name, valueSpace)
        return size === value.length && valueSpace.subarray(0, size).equals(value)
      })
    },
  }
}

function isAcl(name: Buffer): boolean {
  return name.toString('latin1').startsWith('system.posix_acl_')
}

/** Whether an attribute is somebody's data, which a restore replaces, and not a label that the system gave. */
function isOurs(name: Buffer): boolean {
  const text = name.toString('latin1')
  return text.startsWith('user.') || text.startsWith('trusted.') || isAcl(name) || text === 'security.capability'
}
