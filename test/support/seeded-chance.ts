import type { Chance } from '../../core/base/index.ts'

/** Chance that comes out the same for the same seed (xorshift32). */
export function seededChance(seed: number): Chance & { readonly below: (limit: number) => number } {
  let state = seed | 0 || 1
  function next(): number {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
  return {
    fill(target) {
      const bytes = Buffer.from(target.buffer, target.byteOffset, target.byteLength)
      for (let at = 0; at < bytes.length; at++) bytes[at] = next() >>> 11
      return target
    },
    fraction: () => next() / 2 ** 32,
    below: (limit) => Math.floor((next() / 2 ** 32) * limit),
  }
}
