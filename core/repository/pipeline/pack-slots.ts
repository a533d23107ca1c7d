import type { Bell } from './bell.ts'
import { type SharedPipeline, slotAt } from './shared-pipeline.ts'

/**
 * The buffers that packs are built in. Their number bounds the memory of everything between sealing and storing: of packs
 * that are larger than a slot there is one at a time.
 */
export interface PackSlots {
  /** Takes a free slot, waiting for one where there is none. Not on the main thread. */
  take(): number
  /** Takes the one that holds so many bytes, however many, waiting for it where it is taken. Not on the main thread. */
  takeLarge(bytes: number): number
  buffer(slot: number): Buffer
  /** What one slot holds. */
  readonly bytes: number
  giveBack(slot: number): void
}

export function createPackSlots({ control, packSlots, largeSlot, workers }: SharedPipeline, bell: Bell): PackSlots {
  const words = new Int32Array(control)
  const buffers = packSlots.map((slot) => Buffer.from(slot))
  const large = buffers.length

  const claim = (slot: number): boolean => Atomics.compareExchange(words, slotAt(workers, slot), 0, 1) === 0

  /** Lower slots first: memory of the highest is never touched unless storing falls behind. */
  function takeFree(): number {
    return buffers.findIndex((_, slot) => claim(slot))
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
    takeLarge(bytes) {
      bell.waitUntil(() => claim(large))
      if (largeSlot.byteLength < bytes) largeSlot.grow(bytes)
      return large
    },
    buffer(slot) {
      if (slot === large) return Buffer.from(largeSlot)
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
