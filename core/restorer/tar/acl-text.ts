/** `include/uapi/linux/posix_acl_xattr.h`: a version, then entries of tag, permissions and id, all little-endian. */
const VERSION = 2
const HEAD_BYTES = 4
const ENTRY_BYTES = 8
const TAGS: Readonly<Record<number, string>> = {
  0x01: 'user:',
  0x02: 'user:',
  0x04: 'group:',
  0x08: 'group:',
  0x10: 'mask:',
  0x20: 'other:',
}
const HAS_ID = 0x02 | 0x08

/** A POSIX ACL, stored as Linux gives it, in the text that archives hold, by numbers. Undefined where it is none. */
export function aclText(acl: Buffer): string | undefined {
  if (acl.length < HEAD_BYTES || (acl.length - HEAD_BYTES) % ENTRY_BYTES !== 0) return undefined
  if (acl.readUInt32LE(0) !== VERSION) return undefined
  let text = ''
  for (let at = HEAD_BYTES; at < acl.length; at += ENTRY_BYTES) {
    const tag = acl.readUInt16LE(at)
    const kind = TAGS[tag]
    if (kind === undefined) return undefined
    const id = (tag & HAS_ID) === 0 ? '' : String(acl.readUInt32LE(at + 4))
    text += `${kind}${id}:${permissions(acl.readUInt16LE(at + 2))}\n`
  }
  return text
}

function permissions(bits: number): string {
  return `${(bits & 4) === 0 ? '-' : 'r'}${(bits & 2) === 0 ? '-' : 'w'}${(bits & 1) === 0 ? '-' : 'x'}`
}
