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
   * Most files have none: that takes one system call and allocates nothing. With `descriptor` of what is open, whatever
   * has its name by now. Where this machine cannot read any, that is told once, of the first entry that was asked for.
   */
  read(path: Uint8Array, problem: AttributeProblem, descriptor?: number): readonly Attribute[]
}

export interface AttributeWriter {
  /**
   * Gives `target` exactly these attributes: others are removed, except those that belong to the system (SELinux and
   * its like), which restic does not remove either. ACLs are written last, as they may take the right to write more.
   */
  write(target: AttributeTarget, wanted: readonly Attribute[], problem: AttributeProblem): void
  /** Whether `write` would change nothing. */
  isWritten(target: AttributeTarget, wanted: readonly Attribute[]): boolean
}

const NONE: readonly Attribute[] = []
const NO_NAME = Buffer.alloc(0)

// Linux limits.h: XATTR_LIST_MAX and XATTR_SIZE_MAX.
const LONGEST_LIST = 65_536
const LONGEST_VALUE = 65_536

const { ENODATA, ENOSYS, ENOTSUP } = osConstants.errno

/** Why there are none where koffi is missing, or the platform is another one. */
function noCalls(): Error {
  return new Error('this machine has no way to them; on Linux, koffi is not installed')
}

export function createAttributeReader(calls: SystemCalls | undefined): AttributeReader {
  if (calls === undefined) return withoutCalls()
  const listSpace = Buffer.allocUnsafeSlow(LONGEST_LIST)
  const valueSpace = Buffer.allocUnsafeSlow(LONGEST_VALUE)
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
      for (const name of splitNames(listSpace, length)) {
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
      if (!isTold) problem(NO_NAME, noCalls())
      isTold = true
      return NONE
    },
  }
}

export function createAttributeWriter(calls: SystemCalls | undefined): AttributeWriter {
  if (calls === undefined) {
    return {
      write(_target, wanted, problem) {
        for (const { name } of wanted) problem(name, noCalls())
      },
      isWritten: () => true,
    }
  }
  const listSpace = Buffer.allocUnsafeSlow(LONGEST_LIST)
  const valueSpace = Buffer.allocUnsafeSlow(LONGEST_VALUE)
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
    isWritten(target, wanted) {
      const length = calls.listAttributes(target, listSpace)
      for (const name of splitNames(listSpace, length)) {
        if (isOurs(name) && !wanted.some((attribute) => attribute.name.equals(name))) return false
      }
      return wanted.every(({ name, value }) => {
        const size = calls.getAttribute(target, name, valueSpace)
        return size === value.length && valueSpace.subarray(0, size).equals(value)
      })
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
