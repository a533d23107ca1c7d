import { readHex } from './ascii.ts'
import { sequenceLength, writeCodePoint } from './utf8.ts'

const BACKSLASH = 0x5c

/** Bytes that Go's encoder writes as they are: ASCII but for controls, `"`, `\`, and what HTML would read. */
const PLAIN = new Uint8Array(256).fill(1, 0x20, 0x80)
for (const byte of Buffer.from('"\\<>&')) PLAIN[byte] = 0

const SHORT_ESCAPES = new Map([
  [0x22, Buffer.from('\\"')],
  [0x5c, Buffer.from('\\\\')],
  [0x0a, Buffer.from('\\n')],
  [0x0d, Buffer.from('\\r')],
  [0x09, Buffer.from('\\t')],
])

/**
 * Writes bytes as the inside of a JSON string, as Go's encoder does, and returns the position after it: `<`, `>`, `&`,
 * U+2028 and U+2029 escaped, each byte that is not UTF-8 as `\ufffd`. Backspace and form feed are written `\u0008` and
 * `\u000c` as Go up to 1.21 does (restic 0.14); later ones write `\b` and `\f`, which decode the same.
 * `target` needs room for six bytes a byte.
 */
export function writeJsonBytes(target: Buffer, at: number, bytes: Uint8Array): number {
  let end = at
  const { length } = bytes
  for (let i = 0; i < length;) {
    const byte = bytes[i] ?? 0
    if (PLAIN[byte] === 1) {
      target[end++] = byte
      i++
    } else if (byte < 0x80) {
      end = writeEscape(target, end, byte)
      i++
    } else {
      const sequence = sequenceLength(bytes, i, length)
      if (sequence === 0) {
        end += target.write('\\ufffd', end, 'latin1')
        i++
      } else if (sequence === 3 && byte === 0xe2 && bytes[i + 1] === 0x80 && ((bytes[i + 2] ?? 0) | 1) === 0xa9) {
        end += target.write(bytes[i + 2] === 0xa8 ? '\\u2028' : '\\u2029', end, 'latin1')
        i += 3
      } else {
        for (let stop = i + sequence; i < stop; i++) target[end++] = bytes[i] ?? 0
      }
    }
  }
  return end
}

function writeEscape(target: Buffer, at: number, byte: number): number {
  const short = SHORT_ESCAPES.get(byte)
  if (short === undefined) return at + target.write(`\\u00${byte.toString(16).padStart(2, '0')}`, at, 'latin1')
  target.set(short, at)
  return at + short.length
}

/** Writes text as the inside of a JSON string. `target` needs room for six bytes a UTF-16 unit. */
export function writeJsonText(target: Buffer, at: number, text: string): number {
  const { length } = text
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i)
    if (unit >= 0x80 || PLAIN[unit] !== 1) return writeJsonBytes(target, at, Buffer.from(text))
    target[at + i] = unit
  }
  return at + length
}

/**
 * Reads the inside of a JSON string, bytes `start` to `end`, whose form a `JsonScanner` has checked. Half of a surrogate
 * pair becomes U+FFFD, as in Go. The result shares memory with `bytes` where nothing is escaped.
 */
export function readJsonBytes(bytes: Buffer, start: number, end: number): Buffer {
  // A search from `start` alone would run through the whole document.
  const inside = bytes.subarray(start, end)
  const escape = inside.indexOf(BACKSLASH)
  if (escape < 0) return inside
  let at = start + escape
  const target = Buffer.allocUnsafe(end - start)
  target.set(bytes.subarray(start, at))
  let length = at - start
  while (at < end) {
    const byte = bytes[at] ?? 0
    if (byte !== BACKSLASH) {
      target[length++] = byte
      at++
      continue
    }
    const kind = bytes[at + 1] ?? 0
    if (kind !== 0x75) {
      target[length++] = UNESCAPED[kind] ?? 0
      at += 2
      continue
    }
    let codePoint = readHex(bytes, at + 2, 4)
    at += 6
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) {
      const low = bytes[at] === BACKSLASH && bytes[at + 1] === 0x75 && at + 6 <= end ? readHex(bytes, at + 2, 4) : 0
      const paired = codePoint < 0xdc00 && low >= 0xdc00 && low <= 0xdfff
      if (paired) at += 6
      codePoint = paired ? 0x10000 + ((codePoint - 0xd800) << 10) + low - 0xdc00 : 0xfffd
    }
    length = writeCodePoint(target, length, codePoint)
  }
  return target.subarray(0, length)
}

/** What the letter after a backslash stands for; 0 where JSON knows no such escape. */
export const UNESCAPED = new Uint8Array(256)
for (const [letter, byte] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  UNESCAPED[letter?.charCodeAt(0) ?? 0] = byte?.charCodeAt(0) ?? 0
}

/** A JSON string with its quotes as Go's encoder writes it, for documents. Half a surrogate pair becomes U+FFFD. */
export function goJsonText(text: string): string {
  const target = Buffer.allocUnsafe(2 + 6 * text.length)
  target[0] = 0x22
  const end = writeJsonText(target, 1, text)
  target[end] = 0x22
  return target.toString('utf8', 0, end + 1)
}
