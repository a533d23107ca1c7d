import { ID_BYTES } from '../blob.ts'
import { type IndexContent, PACK_WORD, TREE_BIT } from './index-content.ts'

const HEAD = Buffer.from('{"packs":[')
const PACK_ID = Buffer.from('{"id":"')
const BLOBS = Buffer.from('","blobs":[')
const BLOB_ID = Buffer.from('{"id":"')
const TYPE_DATA = Buffer.from('","type":"data","offset":')
const TYPE_TREE = Buffer.from('","type":"tree","offset":')
const LENGTH = Buffer.from(',"length":')
const UNCOMPRESSED = Buffer.from(',"uncompressed_length":')
const COMMA = 0x2c
const CLOSE_LIST = 0x5d
const CLOSE_OBJECT = 0x7d
const LINE_END = 0x0a
const ZERO = 0x30
const BAD_DIGIT = 16

/** The value of each hexadecimal digit; `BAD_DIGIT` for what is none. */
const DIGITS = new Uint8Array(256).fill(BAD_DIGIT)
for (const [value, digit] of Buffer.from('0123456789abcdef').entries()) DIGITS[digit] = value

/**
 * Reads an index file that is written exactly as restic and Holdfast write it: no blanks, members in their order, nothing
 * superseded. False for anything else, and then `content` is to be cleared: it may be a good index all the same, or
 * none at all. Several times as fast as `JSON.parse`, and makes no objects.
 */
export function scanIndex(plain: Buffer, content: IndexContent): boolean {
  let at = 0

  function skip(text: Buffer): boolean {
    for (let i = 0; i < text.length; i++) if (plain[at + i] !== text[i]) return false
    at += text.length
    return true
  }

  function readId(target: Buffer, targetAt: number): boolean {
    let bad = 0
    for (let i = 0; i < ID_BYTES; i++) {
      const high = DIGITS[plain[at + 2 * i] ?? 0] ?? BAD_DIGIT
      const low = DIGITS[plain[at + 2 * i + 1] ?? 0] ?? BAD_DIGIT
      bad |= high | low
      target[targetAt + i] = (high << 4) | low
    }
    at += ID_BYTES * 2
    return bad < BAD_DIGIT
  }

  /** A JSON number below 2^32 without sign, point and exponent; -1 for anything else. */
  function readNumber(): number {
    const start = at
    let value = 0
    for (;;) {
      const digit = (plain[at] ?? 0) - ZERO
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      at++
    }
    const digits = at - start
    const isNumber = digits > 0 && digits <= 10 && value < 2 ** 32 && (digits === 1 || plain[start] !== ZERO)
    return isNumber ? value : -1
  }

  function readBlob(): boolean {
    const row = content.addBlob()
    if (!skip(BLOB_ID) || !readId(content.bytes, row * 4)) return false
    const isTree = plain[at + 10] === 0x74
    if (!skip(isTree ? TYPE_TREE : TYPE_DATA)) return false
    const offset = readNumber()
    if (offset < 0 || !skip(LENGTH)) return false
    const length = readNumber()
    let uncompressedLength = 0
    if (plain[at] === COMMA) {
      if (!skip(UNCOMPRESSED)) return false
      uncompressedLength = readNumber()
    }
    if (length < 0 || uncompressedLength < 0 || plain[at++] !== CLOSE_OBJECT) return false
    const { words } = content
    words[row + PACK_WORD] = isTree ? TREE_BIT : 0
    words[row + PACK_WORD + 1] = offset
    words[row + PACK_WORD + 2] = length
    words[row + PACK_WORD + 3] = uncompressedLength
    return true
  }

  /** Reads what stands between brackets, the opening one behind us. */
  function readList(readOne: () => boolean): boolean {
    if (plain[at] === CLOSE_LIST) {
      at++
      return true
    }
    for (;;) {
      if (!readOne()) return false
      const next = plain[at++]
      if (next === CLOSE_LIST) return true
      if (next !== COMMA) return false
    }
  }

  function readPack(): boolean {
    if (!skip(PACK_ID) || !readId(content.addPack(), 0)) return false
    return skip(BLOBS) && readList(readBlob) && plain[at++] === CLOSE_OBJECT
  }

  if (!skip(HEAD) || !readList(readPack) || plain[at++] !== CLOSE_OBJECT) return false
  // Go's encoder ends with a line end.
  if (plain[at] === LINE_END) at++
  return at === plain.length
}
