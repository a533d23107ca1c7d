import { crc32 } from 'node:zlib'

/** How much of a file one sum is of. A pack of 16 MiB has 256 of them. */
export const BLOCK = 64 * 1024
const BYTES_A_SUM = 4

/** The CRC-32 of each block of a file, one behind the other, little-endian. They find accidents, and prove nothing to anybody. */
export function blockSums(body: Uint8Array): Uint8Array {
  const sums = Buffer.alloc(Math.ceil(body.byteLength / BLOCK) * BYTES_A_SUM)
  for (let at = 0, block = 0; at < body.byteLength; at += BLOCK, block++) {
    sums.writeUInt32LE(crc32(body.subarray(at, at + BLOCK)), block * BYTES_A_SUM)
  }
  return sums
}

/** Whether these are as many sums as a file of `size` bytes has. */
export function areSumsOf(sums: Uint8Array, size: number): boolean {
  return sums.byteLength === Math.ceil(size / BLOCK) * BYTES_A_SUM
}

/** The smallest range of whole blocks around a range of a file of `size` bytes; its last block may be a shorter one. */
export function aroundRange(offset: number, length: number, size: number): { start: number; end: number } {
  const end = Math.ceil((offset + length) / BLOCK) * BLOCK
  return { start: Math.floor(offset / BLOCK) * BLOCK, end: Math.min(end, size) }
}

/** Where the first bad block begins in a file of which `bytes` are the blocks from `start` on; undefined: all are good. */
export function firstBadBlock(bytes: Uint8Array, start: number, sums: Uint8Array): number | undefined {
  const of = sums.subarray((start / BLOCK) * BYTES_A_SUM)
  const found = blockSums(bytes)
  for (let at = 0; at < found.byteLength; at += BYTES_A_SUM) {
    if (Buffer.compare(found.subarray(at, at + BYTES_A_SUM), of.subarray(at, at + BYTES_A_SUM)) !== 0) {
      return start + (at / BYTES_A_SUM) * BLOCK
    }
  }
  return undefined
}
