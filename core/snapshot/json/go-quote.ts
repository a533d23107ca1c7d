import { isUtf8 } from 'node:buffer'

import { CoreError } from '../../base/index.ts'
import { readHex, writeHex } from './ascii.ts'
import { codePointAt, sequenceLength, writeCodePoint } from './utf8.ts'

const BACKSLASH = 0x5c
const QUOTE = 0x22

/** The one-letter escapes of the Go language specification, "Rune literals". */
const LETTER_OF = new Uint8Array(256)
const BYTE_OF = new Int16Array(256).fill(-1)
for (const [byte, letter] of ['\x07a', '\bb', '\ff', '\nn', '\rr', '\tt', '\x0bv', '\\\\', '""']) {
  LETTER_OF[byte?.charCodeAt(0) ?? 0] = letter?.charCodeAt(0) ?? 0
  BYTE_OF[letter?.charCodeAt(0) ?? 0] = byte?.charCodeAt(0) ?? 0
}

// What Go's unicode.IsPrint holds printable: letters, marks, numbers, punctuation, symbols, and of spaces only U+0020.
// The classes follow the Unicode version of this Node's ICU, while restic 0.14 (Go 1.19) knows Unicode 13 and later
// ones more. A character that only one of them knows is stored in two ways; both decode to the same name.
const PRINTABLE = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]*$/u

/** Bytes that stand for themselves inside Go's quotes. */
const PLAIN = new Uint8Array(256).fill(1, 0x20, 0x7f)
PLAIN[QUOTE] = 0
PLAIN[BACKSLASH] = 0

/**
 * Quotes a name as Go's `strconv.Quote` does, without the quotes around it (restic design.rst, "Trees and Data").
 * The result is valid UTF-8. It is `name` itself where nothing needs quoting.
 */
export function quote(name: Uint8Array): Uint8Array {
  let at = 0
  while (at < name.length && PLAIN[name[at] ?? 0] === 1) at++
  if (at === name.length || isPrintable(name, at)) return name

  const target = Buffer.allocUnsafe(at + (name.length - at) * 4)
  target.set(name.subarray(0, at))
  let end = at
  while (at < name.length) {
    const length = sequenceLength(name, at, name.length)
    end = length === 0 ? writeBadByte(target, end, name, at) : writeRune(target, end, codePointAt(name, at, length))
    at += Math.max(1, length)
  }
  return target.subarray(0, end)
}

function isPrintable(name: Uint8Array, from: number): boolean {
  const text = Buffer.from(name.buffer, name.byteOffset + from, name.length - from)
  if (text.includes(QUOTE) || text.includes(BACKSLASH) || !isUtf8(text)) return false
  return PRINTABLE.test(text.toString())
}

function writeRune(target: Buffer, at: number, rune: number): number {
  const letter = LETTER_OF[rune < 0x80 ? rune : 0] ?? 0
  if (letter !== 0) {
    target[at] = BACKSLASH
    target[at + 1] = letter
    return at + 2
  }
  if (PRINTABLE.test(String.fromCodePoint(rune))) return writeCodePoint(target, at, rune)
  const hex = rune.toString(16)
  const escape =
    rune < 0x80
      ? `\\x${hex.padStart(2, '0')}`
      : rune < 0x10000
        ? `\\u${hex.padStart(4, '0')}`
        : `\\U${hex.padStart(8, '0')}`
  return at + target.write(escape, at, 'latin1')
}

function writeBadByte(target: Uint8Array, at: number, name: Uint8Array, from: number): number {
  target[at] = BACKSLASH
  target[at + 1] = 0x78
  return writeHex(target, at + 2, name, from, from + 1)
}

/**
 * Reads what `quote` wrote, and everything else that Go's `strconv.Unquote` reads between double quotes: octal escapes
 * too. The result is `text` itself where nothing was quoted.
 * @throws CoreError `repository/damaged` for an escape that Go refuses, a bare quote or a bare line feed.
 */
export function unquote(text: Uint8Array): Uint8Array {
  let at = 0
  while (at < text.length && text[at] !== BACKSLASH && text[at] !== QUOTE && text[at] !== 0x0a) at++
  if (at === text.length) return text

  const target = Buffer.allocUnsafe(text.length)
  target.set(text.subarray(0, at))
  let end = at
  while (at < text.length) {
    const byte = text[at] ?? 0
    if (byte === QUOTE || byte === 0x0a) throw badEscape(text)
    if (byte !== BACKSLASH) {
      target[end++] = byte
      at++
      continue
    }
    const kind = text[at + 1] ?? 0
    const digits = kind === 0x78 ? 2 : kind === 0x75 ? 4 : kind === 0x55 ? 8 : 0
    if (digits > 0) {
      const value = at + 2 + digits <= text.length ? readHex(text, at + 2, digits) : -1
      if (value < 0 || value > 0x10ffff || (digits > 2 && value >= 0xd800 && value <= 0xdfff)) throw badEscape(text)
      if (digits === 2) target[end++] = value
      else end = writeCodePoint(target, end, value)
      at += 2 + digits
    } else if (kind >= 0x30 && kind <= 0x37) {
      target[end++] = readOctal(text, at + 1)
      at += 4
    } else {
      const value = BYTE_OF[kind] ?? -1
      if (value < 0) throw badEscape(text)
      target[end++] = value
      at += 2
    }
  }
  return target.subarray(0, end)
}

function readOctal(text: Uint8Array, at: number): number {
  let value = 0
  for (let i = at; i < at + 3; i++) {
    const digit = (text[i] ?? 0) - 0x30
    if (digit < 0 || digit > 7) throw badEscape(text)
    value = value * 8 + digit
  }
  if (value > 0xff) throw badEscape(text)
  return value
}

function badEscape(text: Uint8Array): CoreError {
  const shown = JSON.stringify(Buffer.from(text.subarray(0, 80)).toString())
  return new CoreError('repository/damaged', `The stored name ${shown} is not quoted as restic quotes names`)
}
