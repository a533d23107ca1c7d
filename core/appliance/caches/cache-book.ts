import { type Clock, CoreError } from '../../base/index.ts'
import {
  assertCacheThere,
  type CachedFile,
  type DamageSum,
  type FileState,
  type NeedSum,
  openCacheFolder,
  type OpenedCache,
  type PackPlaces,
} from '../../cloud-cache/index.ts'
import type { VaultCache } from '../../vault/index.ts'

/** What a cache holds, by where it is. */
export type CacheHeld = Readonly<Record<FileState, { readonly files: number; readonly bytes: number }>> & {
  /** Deletions of which the cloud has not heard. */
  readonly deletions: number
  /** When the oldest of what the cloud has not got was stored. Milliseconds since the epoch. */
  readonly waitingSince: number | undefined
  readonly damage: DamageSum
}

/** Where recovery points are, by their snapshots. */
export interface CachedPoints {
  /** All that it needs is in the cloud. */
  isOffSite(snapshot: string): boolean
  /** Undefined: nobody has looked yet. */
  needs(snapshot: string): NeedSum | undefined
  /** How much is sent before it, itself included. */
  bytesAhead(snapshot: string): number
  /** Whether anything is in the cloud alone. */
  readonly hasEvicted: boolean
  readonly offSite: () => string[]
}

/** Reads the journals of caches, for those who want to know how far they are. */
export interface CacheBook {
  /** As of now, or of a moment ago. Rejects with a `CoreError` where the cache cannot be used. */
  held(cache: VaultCache): Promise<CacheHeld>
  /** Where the recovery points of the cache's vault are. As of now, or of a moment ago. */
  points(cache: VaultCache): Promise<CachedPoints>
  /** Its folder may go now. */
  letGo(folder: string): void
  close(): void
}

/** That something was healed is told for a week. Milliseconds. */
const HEALED_TOLD = 7 * 24 * 60 * 60 * 1000
/** Counting a million files takes a tenth of a second: no more than so much of all time goes into it. */
const MOST_OF_TIME = 1 / 20

function isSent(file: CachedFile | undefined): boolean {
  return file?.state === 'verified'
}

export function createCacheBook(clock: Clock): CacheBook {
  const opened = new Map<string, OpenedCache>()
  const counted = new Map<string, { readonly until: number; readonly held: CacheHeld }>()

  function letGo(folder: string): void {
    opened.get(folder)?.[Symbol.dispose]()
    opened.delete(folder)
    counted.delete(folder)
  }

  async function open(cache: VaultCache): Promise<OpenedCache> {
    // Each time: another disk, or none, may be mounted there by now, and the file that is held open says nothing of it.
    const anew = await openCacheFolder(cache)
    opened.get(cache.folder)?.[Symbol.dispose]()
    opened.set(cache.folder, anew)
    return anew
  }

  return {
    async held(cache) {
      try {
        await assertCacheThere(cache)
        const known = counted.get(cache.folder)
        const begun = clock.monotonic()
        if (known && begun < known.until) return known.held
        const { journal } = await open(cache)
        const held = {
          ...journal.files.totals(),
          deletions: journal.tombstones.count(),
          waitingSince: journal.files.waitingSince(),
          damage: journal.damages.sum(clock.now() - HEALED_TOLD),
        }
        const ended = clock.monotonic()
        counted.set(cache.folder, { until: ended + (ended - begun) / MOST_OF_TIME, held })
        return held
      } catch (error) {
        letGo(cache.folder)
        throw error instanceof CoreError
          ? error
          : new CoreError('cache/unusable', `The cache in ${cache.folder} cannot be read.`, { cause: error })
      }
    },
    async points(cache) {
      const { evicted } = await this.held(cache)
      const { journal } = opened.get(cache.folder) ?? (await open(cache))
      const find = (name: string): CachedFile | undefined => journal.files.find({ kind: 'snapshot', name })
      let places: PackPlaces | undefined
      return {
        isOffSite: (snapshot) => isSent(find(snapshot)),
        needs: (snapshot) => journal.needs.sum(snapshot, (places ??= journal.needs.places())),
        bytesAhead(snapshot) {
          const file = find(snapshot)
          return file === undefined || isSent(file) ? 0 : journal.files.bytesUpTo(file)
        },
        hasEvicted: evicted.files > 0,
        offSite: () => [...journal.files.ofKind('snapshot')].filter(isSent).map(({ name }) => name),
      }
    },
    letGo,
    close() {
      for (const folder of opened.keys()) letGo(folder)
    },
  }
}
