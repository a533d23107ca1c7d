import type { Abortable } from '../../base/index.ts'
import { type ByteGateOptions, createByteGate } from './byte-gate.ts'

/** Memory for one body. */
export interface BorrowedMemory {
  /** As long as was asked for; what it holds is undefined. */
  readonly bytes: Uint8Array
  /** Called once. `isInUse`: somebody may still read it, so nobody else is given it. */
  giveBack(options?: { readonly isInUse?: boolean }): void
}

/**
 * Memory for bodies, so much for all. It is used again: a new piece of 16 MiB for each pack costs as much time as hashing
 * it, in page faults and in collecting garbage.
 */
export interface BodyMemory {
  /** As `ByteGate.take`. */
  take(length: number, who: string, options?: Abortable): Promise<BorrowedMemory>
}

const MIB = 1024 * 1024
/** Packs are of many lengths, so memory comes in steps. */
const STEP = 4 * MIB
/** Smaller ones are not worth keeping. */
const KEPT_FROM = MIB
/** What nobody has used for so long is given back to the system. Milliseconds. */
const KEPT_FOR = 60_000

export function createBodyMemory({ most, mostOfOne }: ByteGateOptions): BodyMemory {
  const gate = createByteGate({ most, mostOfOne })
  let free: Uint8Array[] = []
  let [taken, freeBytes] = [0, 0]
  let idle: NodeJS.Timeout | undefined

  function allocate(size: number): Uint8Array {
    const at = free.findIndex(({ length }) => length === size)
    const [found] = at < 0 ? [] : free.splice(at, 1)
    if (found) freeBytes -= size
    // What is kept for others counts, too.
    while (taken + freeBytes > most) freeBytes -= free.shift()?.length ?? freeBytes
    return found ?? Buffer.allocUnsafeSlow(size)
  }

  function keep(memory: Uint8Array): void {
    free.push(memory)
    freeBytes += memory.length
    clearTimeout(idle)
    idle = setTimeout(() => {
      free = []
      freeBytes = 0
    }, KEPT_FOR).unref()
  }

  return {
    async take(length, who, options) {
      const size = length < KEPT_FROM ? length : Math.ceil(length / STEP) * STEP
      const release = await gate.take(size, who, options)
      taken += size
      const memory = allocate(size)
      return {
        bytes: memory.subarray(0, length),
        giveBack({ isInUse = false } = {}) {
          taken -= size
          if (size >= KEPT_FROM && !isInUse) keep(memory)
          release()
        },
      }
    },
  }
}
