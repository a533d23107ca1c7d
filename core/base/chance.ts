import { randomFillSync, randomInt } from 'node:crypto'

/** Chance as a dependency, so that tests repeat. */
export interface Chance {
  /** Fills `target` with unpredictable bytes and returns it. */
  fill<T extends Uint8Array>(target: T): T
  /** A number in `[0, 1)`. */
  fraction(): number
}

const STEPS = 2 ** 40

export const systemChance: Chance = {
  fill: (target) => randomFillSync(target),
  fraction: () => randomInt(STEPS) / STEPS,
}
