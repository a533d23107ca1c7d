import { type ByteString, isAscii, toByteString } from '../file-system/index.ts'

/** What stands for a byte that is not part of valid UTF-8, as in Go: U+FFFD, one byte long. */
const INVALID = 0xfffd

/** The character that begins at byte `at`. */
export function runeAt(text: ByteString, at: number): number {
  const first = text.charCodeAt(at)
  if (first < 0x80) return first
  const length = runeLength(text, at)
  if (length === 1) return INVALID
  let rune = first & (0xff >> (length + 1))
  for (let index = 1; index < length; index++) rune = (rune << 6) | (text.charCodeAt(at + index) & 0x3f)
  return rune
}

/** How many bytes it has: 1 for a byte that is not part of valid UTF-8 (RFC 3629, section 4). */
export function runeLength(text: ByteString, at: number): number {
  const first = text.charCodeAt(at)
  if (first < 0xc2 || first > 0xf4) return 1
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  // The second byte rules out overlong forms, surrogates and what lies beyond U+10FFFF.
  const second = text.charCodeAt(at + 1)
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (!(second >= lowest && second <= highest)) return 1
  for (let index = 2; index < length; index++) {
    const next = text.charCodeAt(at + index)
    if (!(next >= 0x80 && next <= 0xbf)) return 1
  }
  return length
}

/**
 * In lower case, each character for itself: neither its place in a word nor a language counts, and a byte that is not
 * UTF-8 becomes U+FFFD. That is what restic's case-insensitive patterns do.
 */
export function lowerCase(text: ByteString): ByteString {
  if (isAscii(text)) return text.toLowerCase()
  let lower = ''
  for (let at = 0; at < text.length; at += runeLength(text, at)) {
    const [character = ''] = String.fromCodePoint(runeAt(text, at)).toLowerCase()
    lower += character
  }
  return toByteString(lower)
}
