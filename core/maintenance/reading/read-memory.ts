/** Shared memory for packs that are being read, bounded in all, used again: fresh memory costs more than reading. */
export interface ReadMemory {
  /** Waits until there is room for so many bytes; more than the bound is given to one alone. */
  take(bytes: number): Promise<SharedArrayBuffer>
  giveBack(buffer: SharedArrayBuffer): void
}

const STEP = 1024 * 1024

export function createReadMemory(bound: number): ReadMemory {
  const free: SharedArrayBuffer[] = []
  const waiting: (() => void)[] = []
  let inUse = 0
  let kept = 0

  /** The smallest that is large enough. */
  function reuse(bytes: number): SharedArrayBuffer | undefined {
    let best = -1
    for (const [at, { byteLength }] of free.entries()) {
      if (byteLength >= bytes && byteLength < (free[best]?.byteLength ?? Infinity)) best = at
    }
    const [found] = best < 0 ? [] : free.splice(best, 1)
    kept -= found?.byteLength ?? 0
    return found
  }

  function fits(bytes: number): boolean {
    return inUse === 0 || inUse + bytes <= bound
  }

  return {
    async take(bytes) {
      const wanted = Math.max(STEP, Math.ceil(bytes / STEP) * STEP)
      while (!fits(wanted)) await new Promise<void>((resolve) => waiting.push(resolve))
      const buffer = reuse(wanted) ?? new SharedArrayBuffer(wanted)
      inUse += buffer.byteLength
      while (inUse + kept > bound && free.length > 0) kept -= free.shift()?.byteLength ?? 0
      return buffer
    },
    giveBack(buffer) {
      inUse -= buffer.byteLength
      if (inUse + kept + buffer.byteLength <= bound) {
        free.push(buffer)
        kept += buffer.byteLength
      }
      for (const wake of waiting.splice(0)) wake()
    },
  }
}
