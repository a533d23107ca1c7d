import type { Bell } from './bell.ts'
import { type SharedPipeline, slotAt } from './shared-pipeline.ts'

/** The buffers that packs are built in. Their number bounds the memory of everything between sealing and storing. */
export interface PackSlots {
  /** Takes a free slot, waiting for one where there is none. Not on the main thread. */
  take(): number
  buffer(slot: number): Buffer
  /** What one slot holds. */
  readonly bytes: number
  giveBack(slot: number): void
}

export function createPackSlots({ control, packSlots, workers }: SharedPipeline, bell: Bell): PackSlots {
  const words = new Int32Array(control)
  const buffers = packSlots.map((slot) => Buffer.from(slot))

  /** Lower slots first: memory of the highest is never touched unless storing falls behind. */
  function takeFree(): number {
    return buffers.findIndex((_, slot) => Atomics.compareExchange(words, slotAt(workers, slot), 0, 1) === 0)
  }

  return {
    take() {
      let slot = takeFree()
      if (slot < 0) {
        bell.waitUntil(() => {
          slot = takeFree()
          return slot >= 0
        })
      }
      return slot
    },
    buffer(slot) {
      const buffer = buffers[slot]
      if (!buffer) throw new RangeError(`there is no pack slot ${slot}`)
      return buffer
    },
    bytes: buffers[0]?.length ?? 0,
    giveBack(slot) {
      Atomics.store(words, slotAt(workers, slot), 0)
      bell.ring()
    },
  }
}
