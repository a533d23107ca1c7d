import { type Storage, changeStorage } from '../../core/storage/index.ts'

/** A range of a pack that was read. */
export interface CountedRead {
  readonly pack: string
  readonly offset: number
  readonly length: number
}

export interface CountedStorage {
  readonly storage: Storage
  /** In the order in which they were asked for. */
  readonly reads: readonly CountedRead[]
  /** How many were under way at once, at most. */
  readonly mostAtOnce: number
  /** Forgets all. */
  reset(): void
  /** Makes each read wait. */
  delay: (() => Promise<void>) | undefined
  /** Makes reads of a pack fail with what it returns. */
  refuse: ((pack: string) => Error | undefined) | undefined
}

/** A storage that writes down which ranges of packs are read. Whole packs, as trees are read, are not counted. */
export function countReads(storage: Storage): CountedStorage {
  const reads: CountedRead[] = []
  let now = 0
  let mostAtOnce = 0
  const load: Storage['load'] = async (handle, options = {}) => {
    const { offset, length } = options
    if (handle.kind !== 'pack' || offset === undefined || length === undefined) return storage.load(handle, options)
    reads.push({ pack: handle.name, offset, length })
    mostAtOnce = Math.max(mostAtOnce, ++now)
    try {
      await counted.delay?.()
      const refusal = counted.refuse?.(handle.name)
      if (refusal) throw refusal
      return await storage.load(handle, options)
    } finally {
      now--
    }
  }
  const counted: CountedStorage = {
    delay: undefined,
    refuse: undefined,
    storage: changeStorage(storage, {
      load,
    }),
    reads,
    get mostAtOnce() {
      return mostAtOnce
    },
    reset() {
      reads.length = 0
      mostAtOnce = 0
    },
  }
  return counted
}
