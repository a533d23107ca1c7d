import type { CachedFile } from '../journal/cached-file.ts'
import type { Journal } from '../journal/journal.ts'
import type { PackUses } from './pack-uses.ts'

export interface EvictionRoom {
  /** Bytes that the local tier may hold. */
  readonly capacity: number
  /** Percent of the capacity: where more is held, files go until no more than `lowMark` is. */
  readonly highMark: number
  readonly lowMark: number
}

/** What would go, and why no more. Bytes. */
export interface EvictionPlan {
  /** What the local tier holds now. */
  readonly held: number
  /** What it is to hold at most, where anything goes. */
  readonly target: number
  /** Data packs that go, those first that were needed longest ago. */
  readonly files: readonly CachedFile[]
  readonly bytes: number
  /** By how much it stays above the target, as nothing else may go. */
  readonly short: number
  /** Of what may not go: what hot points need; what is not in the cloud yet. */
  readonly keptHot: number
  readonly keptUnsent: number
  /** Folders and indexes, which always stay, and packs of which nobody has said that they hold content alone. */
  readonly keptFixed: number
  /** Hot points of which nobody knows what they need. While there is one nothing goes. */
  readonly unknown: readonly string[]
}

export interface PlanOptions
  extends EvictionRoom, Pick<PackUses, 'hot'>, Partial<Pick<PackUses, 'neededBy' | 'unknown'>> {
  /** Somebody wants room now: down to the lower mark, whatever is held. */
  readonly isWanted?: boolean | undefined
}

/**
 * What goes to make room: first what was needed longest ago, which is when it was last read or stored, or when the newest
 * point was made that needs it. Never what a hot point needs (CC-10), and never what is not verified in the cloud (CC-15),
 * as the journal itself sees to once more when a file goes.
 */
export function planEviction(
  journal: Journal,
  { capacity, highMark, lowMark, hot, neededBy = () => undefined, unknown = [], isWanted = false }: PlanOptions,
): EvictionPlan {
  const held = journal.files.localBytes()
  const target = Math.floor((capacity * lowMark) / 100)
  const totals = journal.files.totals()
  const keptUnsent = totals.local.bytes + totals.uploading.bytes + totals.uploaded.bytes
  const plan = { held, target, files: [], bytes: 0, short: 0, keptHot: 0, keptUnsent, keptFixed: 0, unknown }
  if (!isWanted && held <= (capacity * highMark) / 100) return plan
  const free: { readonly file: CachedFile; readonly needed: number }[] = []
  let keptHot = 0
  let candidates = 0
  for (const file of journal.files.evictionCandidates(NONE)) {
    candidates += file.size
    if (hot.has(file.id)) keptHot += file.size
    else free.push({ file, needed: Math.max(file.neededAt, neededBy(file.id) ?? file.neededAt) })
  }
  const files: CachedFile[] = []
  let bytes = 0
  // Those that were needed at the same moment stay in the order of the journal.
  for (const { file } of unknown.length > 0 ? [] : free.toSorted((a, b) => a.needed - b.needed)) {
    if (held - bytes <= target) break
    files.push(file)
    bytes += file.size
  }
  const short = Math.max(0, held - bytes - target)
  return { ...plan, files, bytes, short, keptHot, keptFixed: held - keptUnsent - candidates }
}

const NONE: ReadonlySet<string> = new Set()
