/** Shared memory for reads of packs, used again and again: fresh memory costs the kernel more than reading into it. */
export interface BufferPool {
  /** Waits until one is free. */
  take(): Promise<SharedArrayBuffer>
  giveBack(buffer: SharedArrayBuffer): void
}

export function createBufferPool(count: number, bytes: number): BufferPool {
  const free: SharedArrayBuffer[] = []
  const waiting: ((buffer: SharedArrayBuffer) => void)[] = []
  let made = 0
  return {
    async take() {
      const found = free.pop()
      if (found) return found
      if (made < count) {
        made++
        return new SharedArrayBuffer(bytes)
      }
      return new Promise((resolve) => waiting.push(resolve))
    },
    giveBack(buffer) {
      const next = waiting.shift()
      if (next) next(buffer)
      else free.push(buffer)
    },
  }
}
