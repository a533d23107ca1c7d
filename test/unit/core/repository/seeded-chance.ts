import { createCipheriv, createHash } from 'node:crypto'

import type { Chance } from '../../../../core/base/index.ts'

/** Chance that repeats: every seed has a sequence of its own. */
export function seededChance(seed: string | number): Chance {
  const key = createHash('sha256').update(String(seed)).digest()
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16))
  const next = (length: number): Buffer => stream.update(Buffer.alloc(length))
  return {
    fill(target) {
      target.set(next(target.length))
      return target
    },
    fraction: () => next(4).readUInt32LE(0) / 2 ** 32,
  }
}

/** As many bytes as asked for, always the same for a seed. */
export function seededBytes(seed: string | number, length: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(length))
}
