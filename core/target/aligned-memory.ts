/**
 * Memory that direct writing takes: what lies in it may be given the same place within a block that it will have in its
 * file. Belongs to one thread. As much of it is resident as was ever in use at a time.
 */
export interface AlignedMemory {
  /** So many bytes, `shift` behind a block's beginning. Undefined where too little is free. */
  take(length: number, shift: number): Buffer | undefined
  /** Gives back what was taken. */
  free(taken: Buffer): void
}

/** Bytes. What a page of WebAssembly has, and at least one of any kernel. */
const PAGE = 64 * 1024

/** `alignment` is a divisor of 64 KiB. */
export function createAlignedMemory(bytes: number, alignment: number): AlignedMemory {
  const pages = Math.ceil(bytes / PAGE)
  // The one memory in JavaScript that is known to begin where a page does.
  const memory = Buffer.from(new WebAssembly.Memory({ initial: pages, maximum: pages }).buffer)
  /** What is in use, in its order. */
  const used: { readonly from: number; readonly to: number; readonly bytes: Buffer }[] = []

  return {
    take(length, shift) {
      let from = 0
      let at = 0
      // The lowest place, so that little is ever touched.
      for (const region of used) {
        if (region.from - from >= shift + length) break
        from = region.to
        at++
      }
      const end = from + shift + length
      if (end > memory.length) return undefined
      const taken = memory.subarray(from + shift, end)
      used.splice(at, 0, { from, to: Math.ceil(end / alignment) * alignment, bytes: taken })
      return taken
    },
    free(taken) {
      const at = used.findIndex(({ bytes: each }) => each === taken)
      if (at >= 0) used.splice(at, 1)
    },
  }
}
