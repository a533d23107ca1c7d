/** The fields of a stored node, numbered in the order in which restic writes them. */
export const FIELD = {
  name: 0,
  type: 1,
  mode: 2,
  mtime: 3,
  atime: 4,
  ctime: 5,
  uid: 6,
  gid: 7,
  user: 8,
  group: 9,
  inode: 10,
  device_id: 11,
  size: 12,
  links: 13,
  linktarget: 14,
  linktarget_raw: 15,
  extended_attributes: 16,
  generic_attributes: 17,
  device: 18,
  content: 19,
  subtree: 20,
  error: 21,
} as const

export const FIELD_NAMES = Object.keys(FIELD)
export const FIELD_COUNT = FIELD_NAMES.length

const KINDS: Readonly<Record<string, FieldKind>> = {
  mode: 'uint32',
  uid: 'uint32',
  gid: 'uint32',
  inode: 'uint64',
  device_id: 'uint64',
  size: 'uint64',
  links: 'uint64',
  extended_attributes: 'list',
  generic_attributes: 'object',
  device: 'uint64',
  content: 'content',
}

/** What a field's value has to be. */
export type FieldKind = 'text' | 'uint32' | 'uint64' | 'content' | 'list' | 'object'

/** The kind of each field. */
export const KIND_OF: readonly FieldKind[] = FIELD_NAMES.map((name) => KINDS[name] ?? 'text')

const KEYS = FIELD_NAMES.map((name) => Buffer.from(name))

/** Continues the hash of a key by its next byte. The multiplier was chosen so that no two fields share a slot. */
export function hashKey(hash: number, byte: number): number {
  return (Math.imul(hash, MULTIPLIER) + byte) | 0
}
const MULTIPLIER = 5

const SLOTS = new Int8Array(256).fill(-1)
for (const [field, key] of KEYS.entries()) SLOTS[key.reduce(hashKey, 0) & 0xff] = field

/** Which field the key from `start` to `end` names, given its hash; -1 for one that is not known. */
export function fieldOf(bytes: Uint8Array, start: number, end: number, hash: number): number {
  const field = SLOTS[hash & 0xff] ?? -1
  const key = KEYS[field]
  if (key === undefined || key.length !== end - start) return -1
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return -1
  return field
}

/**
 * Whether Go's decoder, and so restic, takes `key` for a field of that name although it is spelled otherwise: it does
 * not mind upper and lower case, and folds U+017F to s and U+212A to k.
 */
export function isMisspelledField(key: string): boolean {
  return FIELD_NAMES.includes(key.toUpperCase().toLowerCase())
}
