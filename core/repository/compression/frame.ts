const MAGIC = 0xfd2fb528
/** Bytes of the dictionary's id, by the lowest two bits of the descriptor. */
const DICTIONARY_ID = [0, 1, 2, 4] as const
/** Bytes of the content's length, by the highest two bits; without a window there is at least one. */
const CONTENT_LENGTH = [0, 2, 4, 8] as const
const LAST = 1
const RLE = 1
const RESERVED = 3

/**
 * Whether `bytes` are exactly one whole zstd frame (RFC 8878, section 3.1.1). Looks at headers only: what is in the blocks
 * may still be damaged. To be asked before anything is decompressed: Node stops behind the first frame, whatever follows,
 * and restic fails on all that is no frame.
 */
export function isOneFrame(bytes: Buffer): boolean {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== MAGIC) return false
  const hasChecksum = ((bytes[4] ?? 0) & 0x04) !== 0
  let at = lengthAt(bytes) + lengthBytes(bytes)
  for (let isLast = false; !isLast;) {
    if (at + 3 > bytes.length) return false
    const block = bytes.readUIntLE(at, 3)
    const type = (block >>> 1) & 3
    if (type === RESERVED) return false
    isLast = (block & LAST) !== 0
    at += 3 + (type === RLE ? 1 : block >>> 3)
  }
  return at + (hasChecksum ? 4 : 0) === bytes.length
}

/** How many bytes its content has, where it tells; -1 otherwise. */
export function wholeFrameLength(bytes: Buffer): number {
  if (!isOneFrame(bytes)) return -1
  const [at, count] = [lengthAt(bytes), lengthBytes(bytes)]
  if (count === 0) return -1
  if (count === 8) return Number(bytes.readBigUInt64LE(at))
  // Two bytes count from 256 on: less fits into one.
  return bytes.readUIntLE(at, count) + (count === 2 ? 256 : 0)
}

function hasWindow(bytes: Buffer): boolean {
  return ((bytes[4] ?? 0) & 0x20) === 0
}

/** Where a frame tells the length of its content, or its first block begins. */
function lengthAt(bytes: Buffer): number {
  return 5 + (hasWindow(bytes) ? 1 : 0) + DICTIONARY_ID[((bytes[4] ?? 0) & 3) as 0 | 1 | 2 | 3]
}

function lengthBytes(bytes: Buffer): number {
  return CONTENT_LENGTH[((bytes[4] ?? 0) >>> 6) as 0 | 1 | 2 | 3] || (hasWindow(bytes) ? 0 : 1)
}
