import { isUtf8 } from 'node:buffer'

/**
 * A name or path as a string of one character for each byte (`latin1`).
 *
 * Names on Linux are bytes and need not be UTF-8. In this form nothing is lost, the default order of JavaScript strings
 * is the order of the bytes, and a folder of a million names takes a third of the memory that Buffers would.
 */
export type ByteString = string

const SLASH = 0x2f

export function toByteString(text: string): ByteString {
  return isAscii(text) ? text : Buffer.from(text).toString('latin1')
}

/** The path of `name` in `folder`, in new memory. */
export function joinPath(folder: Uint8Array, name: ByteString): Buffer {
  const start = folder.length === 0 || folder[folder.length - 1] === SLASH ? folder.length : folder.length + 1
  const path = Buffer.allocUnsafe(start + name.length)
  path.set(folder, 0)
  if (start > folder.length) path[folder.length] = SLASH
  path.write(name, start, 'latin1')
  return path
}

/** Whether these bytes are valid UTF-8 (FS-17). */
export function isUtf8Name(name: ByteString): boolean {
  return isAscii(name) || isUtf8(Buffer.from(name, 'latin1'))
}

/**
 * What a reader would not see, or would see elsewhere than where it is: control characters, line separators, marks that
 * turn the direction of writing (`U+202E` makes `exe.fdp` look like `pdf.exe`), and whatever else shows as nothing. The
 * joiners and selectors within some emoji are among them: better a clumsy name than two that look alike.
 */
export const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/**
 * How a person is shown a name: as text where it is text, with `\xNN` for bytes that are not UTF-8 and for those of
 * unseen characters, so that a name can neither forge a line of a log, nor steer a terminal, nor look like another.
 */
export function printable(name: Uint8Array): string {
  const bytes = Buffer.from(name.buffer, name.byteOffset, name.length)
  if (!isUtf8(bytes)) return hexadecimal(bytes, /[^\x20-\x7e]/g)
  return bytes.toString('utf8').replaceAll(UNSEEN, (unseen) => hexadecimal(Buffer.from(unseen), /[^]/g))
}

/** Each byte that `which` matches as `\xNN`. */
function hexadecimal(bytes: Buffer, which: RegExp): string {
  return bytes.toString('latin1').replaceAll(which, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)
}

/** Whether every character is below 128. */
export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false
  }
  return true
}

/** White space of Unicode, as Go's unicode.IsSpace has it, in the bytes of its UTF-8. */
const BLANK = /^(?:[\t-\r ]|\xc2[\x85\xa0]|\xe1\x9a\x80|\xe2\x80[\x80-\x8a\xa8\xa9\xaf]|\xe2\x81\x9f|\xe3\x80\x80)$/
const LONGEST_BLANK = 3

/** Cuts the white space around a text. In one go from each end: a pattern would look at each run of blanks from each of them. */
export function cutBlanks(text: ByteString): ByteString {
  let start = 0
  let end = text.length
  for (let found = true; found;) {
    found = false
    for (let length = 1; length <= LONGEST_BLANK && !found; length++) {
      found = start + length <= end && BLANK.test(text.slice(start, start + length))
      if (found) start += length
    }
  }
  for (let found = true; found;) {
    found = false
    for (let length = 1; length <= LONGEST_BLANK && !found; length++) {
      found = end - length >= start && BLANK.test(text.slice(end - length, end))
      if (found) end -= length
    }
  }
  return text.slice(start, end)
}
