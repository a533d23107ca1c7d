const MAGIC = 0xfd2fb528
/** Bytes of the dictionary's id, by the lowest two bits of the descriptor. */
const DICTIONARY_ID = [0, 1, 2, 4] as const
/** Bytes of the content's length, by the highest two bits; without a window there is at least one. */
const CONTENT_LENGTH = [0, 2, 4, 8] as const
const LAST = 1
const RLE = 1
const RESERVED = 3

/**
 * How many bytes the content of a zstd frame has (RFC 8878, section 3.1.1), where `bytes` are one whole frame and nothing
 * else, and it tells; -1 otherwise. Looks at headers only: what is in the blocks may still be damaged.
 */
export function wholeFrameLength(bytes: Buffer): number {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== MAGIC) return -1
  const descriptor = bytes[4] ?? 0
  const hasWindow = (descriptor & 0x20) === 0
  const hasChecksum = (descriptor & 0x04) !== 0
  const lengthBytes = CONTENT_LENGTH[(descriptor >>> 6) as 0 | 1 | 2 | 3] || (hasWindow ? 0 : 1)
  const lengthAt = 5 + (hasWindow ? 1 : 0) + DICTIONARY_ID[(descriptor & 3) as 0 | 1 | 2 | 3]
  let at = lengthAt + lengthBytes
  if (lengthBytes === 0 || at > bytes.length) return -1
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) return -1
    const block = bytes.readUIntLE(at, 3)
    const type = (block >>> 1) & 3
    if (type === RESERVED) return -1
    isLast = (block & LAST) !== 0
    at += 3 + (type === RLE ? 1 : block >>> 3)
  }
  if (at + (hasChecksum ? 4 : 0) !== bytes.length) return -1
  return readLength(bytes, lengthAt, lengthBytes)
}

function readLength(bytes: Buffer, at: number, count: number): number {
  if (count === 8) return Number(bytes.readBigUInt64LE(at))
  // Two bytes count from 256 on: less fits into one.
  return bytes.readUIntLE(at, count) + (count === 2 ? 256 : 0)
}
