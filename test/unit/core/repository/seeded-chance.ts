import { createHash } from 'node:crypto'

import type { Chance } from '../../../../core/base/index.ts'

/** Chance that repeats: every seed has a sequence of its own. */
export function seededChance(seed: string | number): Chance {
  let drawn = 0
  const next = (): Buffer => createHash('sha256').update(`${seed} ${drawn++}`).digest()
  return {
    fill(target) {
      for (let at = 0; at < target.length; at += 32) target.set(next().subarray(0, target.length - at), at)
      return target
    },
    fraction: () => next().readUInt32LE(0) / 2 ** 32,
  }
}

/** As many bytes as asked for, always the same for a seed. */
export function seededBytes(seed: string | number, length: number): Buffer {
  return seededChance(seed).fill(Buffer.alloc(length))
}
