/**
 * The length in bytes of the UTF-8 sequence that starts at `at`, or 0 where there is none (RFC 3629: no surrogates, no
 * overlong forms, nothing above U+10FFFF). Go counts every byte that starts no sequence as one bad character; the
 * decoders of the web standards count differently, so they cannot be used where restic's bytes are to be matched.
 */
export function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0xff
  if (first < 0x80) return at < end ? 1 : 0
  if (first < 0xc2 || first > 0xf4) return 0
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
  if (at + length > end) return 0
  const second = bytes[at + 1] ?? 0
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < lowest || second > highest) return 0
  for (let i = 2; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  return length
}

/** The code point of a sequence whose length `sequenceLength` has told. */
export function codePointAt(bytes: Uint8Array, at: number, length: number): number {
  const first = bytes[at] ?? 0
  if (length === 1) return first
  let codePoint = first & (0x7f >> length)
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | ((bytes[at + i] ?? 0) & 0x3f)
  return codePoint
}

/** Writes a code point as UTF-8 and returns the position after it. */
export function writeCodePoint(target: Uint8Array, at: number, codePoint: number): number {
  if (codePoint < 0x80) {
    target[at] = codePoint
    return at + 1
  }
  const length = codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4
  let rest = codePoint
  for (let i = length - 1; i > 0; i--) {
    target[at + i] = 0x80 | (rest & 0x3f)
    rest >>>= 6
  }
  target[at] = ((0xf00 >> length) & 0xff) | rest
  return at + length
}
