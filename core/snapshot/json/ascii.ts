const HEX = Buffer.from('0123456789abcdef')

/** The value of each hexadecimal digit, -1 for every other byte. */
const HEX_VALUE = new Int8Array(256).fill(-1)
for (let value = 0; value < 16; value++) {
  const digit = HEX[value] ?? 0
  HEX_VALUE[digit] = value
  HEX_VALUE[digit & ~0x20] = value >= 10 ? value : -1
}
for (let value = 0; value < 10; value++) HEX_VALUE[0x30 + value] = value

const HIGH_DIGIT = new Uint8Array(256)
const LOW_DIGIT = new Uint8Array(256)
for (let byte = 0; byte < 256; byte++) {
  HIGH_DIGIT[byte] = HEX[byte >> 4] ?? 0
  LOW_DIGIT[byte] = HEX[byte & 15] ?? 0
}

/** Writes short ASCII text that was made a buffer beforehand; quicker than a native copy below some 60 bytes. */
export function writeAscii(target: Uint8Array, at: number, text: Uint8Array): number {
  const { length } = text
  for (let i = 0; i < length; i++) target[at + i] = text[i] ?? 0
  return at + length
}

/** Writes bytes `from` to `to` of `bytes` as lower-case hexadecimal digits and returns the position after them. */
export function writeHex(target: Uint8Array, at: number, bytes: Uint8Array, from: number, to: number): number {
  let end = at
  for (let i = from; i < to; i++) {
    const byte = bytes[i] ?? 0
    target[end] = HIGH_DIGIT[byte] ?? 0
    target[end + 1] = LOW_DIGIT[byte] ?? 0
    end += 2
  }
  return end
}

/** Reads the number that `length` hexadecimal digits stand for (at most 8), or -1 where one of them is none. */
export function readHex(bytes: Uint8Array, at: number, length: number): number {
  let value = 0
  for (let i = 0; i < length; i++) {
    const digit = HEX_VALUE[bytes[at + i] ?? 0] ?? -1
    if (digit < 0) return -1
    value = value * 16 + digit
  }
  return value
}

/** Whether `length` bytes from `at` are lower-case hexadecimal digits, as ids are written. */
export function isLowerHex(bytes: Uint8Array, at: number, length: number): boolean {
  if (at + length > bytes.length) return false
  for (let i = at; i < at + length; i++) {
    const byte = bytes[i] ?? 0
    if ((HEX_VALUE[byte] ?? -1) < 0 || (byte >= 0x41 && byte <= 0x46)) return false
  }
  return true
}

/** Reads `count` bytes written as hexadecimal digits into `target`. The digits must have been checked before. */
export function readHexBytes(bytes: Uint8Array, at: number, target: Uint8Array, offset: number, count: number): void {
  for (let i = 0; i < count; i++) target[offset + i] = readHex(bytes, at + 2 * i, 2)
}

/** Writes a whole number from 0 to `Number.MAX_SAFE_INTEGER` in decimal and returns the position after it. */
export function writeDecimal(target: Uint8Array, at: number, value: number): number {
  if (value >= 1e9) {
    const high = Math.floor(value / 1e9)
    return writePadded(target, writeDecimal(target, at, high), value - high * 1e9, 9)
  }
  let digits = 1
  for (let limit = 10; digits < 9 && value >= limit; limit *= 10) digits++
  return writePadded(target, at, value, digits)
}

/** Writes a whole number below 10⁹ with exactly `digits` decimal digits and returns the position after it. */
export function writePadded(target: Uint8Array, at: number, value: number, digits: number): number {
  let rest = value | 0
  for (let i = at + digits - 1; i >= at; i--) {
    const quotient = (rest / 10) | 0
    target[i] = 0x30 + rest - quotient * 10
    rest = quotient
  }
  return at + digits
}

/** Writes an unsigned 64-bit number. A negative one is taken for what `lstat` makes of numbers from 2^63 up. */
export function writeUnsigned(target: Buffer, at: number, value: bigint): number {
  const number = Number(value)
  if (number >= 0 && number <= Number.MAX_SAFE_INTEGER) return writeDecimal(target, at, number)
  return at + target.write(BigInt.asUintN(64, value).toString(), at, 'latin1')
}
