/** An extended attribute. POSIX ACLs are two of them: `system.posix_acl_access` and `system.posix_acl_default`. */
export interface Attribute {
  readonly name: Buffer
  readonly value: Buffer
}

/** Called for an attribute, or for the list of them (empty name), that could not be read or written. */
export type AttributeProblem = (name: Buffer, error: NodeJS.ErrnoException) => void

// Linux limits.h: XATTR_LIST_MAX and XATTR_SIZE_MAX.
export const LONGEST_ATTRIBUTE_LIST = 65_536
export const LONGEST_ATTRIBUTE_VALUE = 65_536

/** Why there are none where koffi is missing, or the platform is another one. */
export function noAttributeCalls(): Error {
  return new Error('this machine has no way to them; on Linux, koffi is not installed')
}

/** The names in what `listAttributes` wrote, copied. */
export function* attributeNames(list: Buffer, length: number): Generator<Buffer> {
  for (let start = 0; start < length;) {
    const end = list.indexOf(0, start)
    yield Buffer.from(list.subarray(start, end))
    start = end + 1
  }
}
