import { createCipheriv } from 'node:crypto'

import type { PlainChunker } from './plain-chunker.ts'

/** Bytes that look random and are the same for the same seed. */
export function noise(length: number, seed: number): Buffer {
  const key = Buffer.alloc(16)
  key.writeUInt32LE(seed)
  return createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(length))
}

/**
 * Changes the three bytes that end at `end` so that exactly the `zeroBits` lowest bits of the digest of the 64 bytes before
 * `end` are zero, and the next is not. 20 make a candidate, fewer a near miss.
 */
export function plant(plain: PlainChunker, data: Uint8Array, end: number, zeroBits = 20): void {
  const low = Number(plain.digest(data.subarray(end - 64, end)) & 0xffffffn)
  // The last bytes of a window are the lowest of its polynomial: adding to them adds the same to the digest.
  const change = low ^ (1 << zeroBits)
  for (let i = 0; i < 3; i++) data[end - 1 - i] = (data[end - 1 - i] ?? 0) ^ ((change >>> (8 * i)) & 0xff)
}
