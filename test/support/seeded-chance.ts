import { createCipheriv, createHash } from 'node:crypto'

import type { Chance } from '../../core/base/index.ts'

/** Chance that repeats: every seed has a sequence of its own. */
export function seededChance(seed: string | number): Chance & { readonly below: (limit: number) => number } {
  const key = createHash('sha256').update(String(seed)).digest()
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  const next = (length: number): Buffer => stream.update(Buffer.alloc(length))
  const fraction = (): number => next(4).readUInt32LE(0) / 2 ** 32
  return {
    fill(target) {
      Buffer.from(target.buffer, target.byteOffset, target.byteLength).set(next(target.byteLength))
      return target
    },
    fraction,
    below: (limit) => Math.floor(fraction() * limit),
  }
}

/** As many bytes as asked for, always the same for a seed. */
export function seededBytes(seed: string | number, length: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(length))
}
