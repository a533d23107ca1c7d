import { type Clock, CoreError } from '../../base/index.ts'
import {
  assertCacheThere,
  type CachedFile,
  type DamageSum,
  type FileState,
  openCacheFolder,
  type OpenedCache,
  type PointPlace,
  readPointPlaces,
  restorableFrom,
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

/** Where a recovery point is; `needs` is undefined where nobody has looked what it needs. */
export type CachedPoint = Omit<PointPlace, 'needs'> & Partial<Pick<PointPlace, 'needs'>>

/** Where recovery points are, by their snapshots. */
export interface CachedPoints {
  of(snapshot: string): CachedPoint
  /** Snapshots of which the cloud has all that they need. */
  offSite(): string[]
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

/** What can be said of a point before anybody has looked what it needs: as long as nothing was evicted, all that it needs is here. */
function unlooked({ files }: OpenedCache['journal'], snapshot: string, hasEvicted: boolean): CachedPoint {
  const file = files.find({ kind: 'snapshot', name: snapshot })
  // The cloud may have lost a pack since it had all of it.
  const isOffSite =
    file !== undefined && isSent(file) && Math.min(files.firstWaiting('pack'), files.firstWaiting('index')) > file.id
  return {
    from: restorableFrom({ isInCache: !hasEvicted, isOffSite, hasGaps: false }, { cache: true, cloud: true }),
    isOffSite,
    bytesAhead: file === undefined || isOffSite ? 0 : files.bytesUpTo(file),
  }
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
      const places = readPointPlaces(journal)
      const of = (snapshot: string): CachedPoint =>
        places.of(snapshot) ?? unlooked(journal, snapshot, evicted.files > 0)
      return {
        of,
        offSite() {
          const sent = [...journal.files.ofKind('snapshot')].filter(isSent)
          return sent.filter(({ name }) => of(name).isOffSite).map(({ name }) => name)
        },
      }
    },
    letGo,
    close() {
      for (const folder of opened.keys()) letGo(folder)
    },
  }
}
