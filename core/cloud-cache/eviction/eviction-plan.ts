import type { CachedFile } from '../journal/cached-file.ts'
import type { Journal } from '../journal/journal.ts'

export interface EvictionRoom {
  /** Bytes that the local tier may hold. */
  readonly capacity: number
  /** Percent of the capacity: where more is held, files go until no more than `lowMark` is. */
  readonly highMark: number
  readonly lowMark: number
}

export interface EvictionPlan {
  /** What the local tier holds now. */
  readonly held: number
  /** What it is to hold at most, where anything goes. */
  readonly target: number
  /** Data packs that go, those first that were needed longest ago. */
  readonly files: readonly CachedFile[]
  readonly bytes: number
  /** Bytes by which it stays above the target: hot points need them, or the cloud has not got them yet. */
  readonly short: number
  readonly keptHot: number
  readonly keptUnsent: number
}

export interface PlanOptions extends EvictionRoom {
  /** Numbers of the packs that hot points need. */
  readonly hot: ReadonlySet<number>
  /** Somebody wants room now: down to the lower mark, whatever is held. */
  readonly isWanted?: boolean | undefined
}

/**
 * What goes to make room. Never what a hot point needs (CC-10), and never what is not verified in the cloud (CC-15), as the
 * journal itself sees to once more when a file goes.
 */
export function planEviction(
  journal: Journal,
  { capacity, highMark, lowMark, hot, isWanted }: PlanOptions,
): EvictionPlan {
  const held = journal.files.localBytes()
  const target = Math.floor((capacity * lowMark) / 100)
  const totals = journal.files.totals()
  const keptUnsent = totals.local.bytes + totals.uploading.bytes + totals.uploaded.bytes
  const nothing = { held, target, files: [], bytes: 0, short: 0, keptHot: 0, keptUnsent }
  if (isWanted !== true && held <= (capacity * highMark) / 100) return nothing
  const files: CachedFile[] = []
  let bytes = 0
  let keptHot = 0
  for (const file of journal.files.evictionCandidates(NONE)) {
    if (hot.has(file.id)) keptHot += file.size
    else if (held - bytes > target) {
      files.push(file)
      bytes += file.size
    }
  }
  return { ...nothing, files, bytes, keptHot, short: Math.max(0, held - bytes - target) }
}

const NONE: ReadonlySet<string> = new Set()
