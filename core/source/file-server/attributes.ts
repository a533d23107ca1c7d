import { constants as osConstants } from 'node:os'

import { type AttributeTarget, systemError, type SystemCalls } from './system-calls.ts'

/** An extended attribute. POSIX ACLs are two of them: `system.posix_acl_access` and `system.posix_acl_default`. */
export interface Attribute {
  readonly name: Buffer
  readonly value: Buffer
}

/** Called for an attribute, or for the list of them (empty name), that could not be read or written. */
export type AttributeProblem = (name: Buffer, error: NodeJS.ErrnoException) => void

export interface AttributeReader {
  /**
   * The extended attributes of what lies at `path`, links not followed, in the kernel's order (restic keeps it too).
   * Most files have none: that takes one system call and allocates nothing.
   */
  read(path: Uint8Array, problem: AttributeProblem): readonly Attribute[]
}

export interface AttributeWriter {
  /**
   * Gives `target` exactly these attributes: others are removed, except those that belong to the system (SELinux and
   * its like), which restic does not remove either. ACLs are written last, as they may take the right to write more.
   */
  write(target: AttributeTarget, wanted: readonly Attribute[], problem: AttributeProblem): void
}

const NONE: readonly Attribute[] = []
const NO_NAME = Buffer.alloc(0)

// Linux limits.h: XATTR_LIST_MAX and XATTR_SIZE_MAX.
const LONGEST_LIST = 65_536
const LONGEST_VALUE = 65_536

const { ENODATA, ENOSYS, ENOTSUP } = osConstants.errno

export function createAttributeReader(calls: SystemCalls | undefined): AttributeReader {
  if (calls === undefined) return { read: () => NONE }
  const listSpace = Buffer.allocUnsafeSlow(LONGEST_LIST)
  const valueSpace = Buffer.allocUnsafeSlow(LONGEST_VALUE)
  return {
    read(path, problem) {
      const length = calls.listAttributes(path, listSpace)
      if (length === 0 || length === -ENOTSUP || length === -ENOSYS) return NONE
      if (length < 0) {
        problem(NO_NAME, systemError(length, 'llistxattr', path))
        return NONE
      }
      const attributes: Attribute[] = []
      for (const name of splitNames(listSpace, length)) {
        const size = calls.getAttribute(path, name, valueSpace)
        if (size >= 0) attributes.push({ name, value: Buffer.from(valueSpace.subarray(0, size)) })
        // ENODATA: removed since it was listed.
        else if (size !== -ENODATA) problem(name, systemError(size, 'lgetxattr', path))
      }
      return attributes
    },
  }
}

export function createAttributeWriter(calls: SystemCalls | undefined): AttributeWriter {
  if (calls === undefined) return { write: () => undefined }
  const listSpace = Buffer.allocUnsafeSlow(LONGEST_LIST)
  return {
    write(target, wanted, problem) {
      const length = calls.listAttributes(target, listSpace)
      if (length > 0) {
        for (const name of splitNames(listSpace, length)) {
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
  }
}

function* splitNames(list: Buffer, length: number): Generator<Buffer> {
  for (let start = 0; start < length;) {
    const end = list.indexOf(0, start)
    yield Buffer.from(list.subarray(start, end))
    start = end + 1
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
