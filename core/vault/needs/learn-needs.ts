import type { Abortable } from '../../base/index.ts'
import type { FileState, Journal } from '../../cloud-cache/index.ts'
import { type NeedWalk, openNeedWalk } from '../../maintenance/index.ts'
import type { Repository } from '../../repository/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'

export interface LearnNeedsOptions extends Abortable {
  /** Threads that read trees. */
  readonly workers: number
  /** Bytes of what is remembered of trees while it goes on. */
  readonly mostRemembered?: number | undefined
  /** Told after each snapshot how many of how many are done. */
  readonly onProgress?: ((done: number, of: number) => void) | undefined
}

/** How many snapshots there were of which sort. */
export interface NeedsLearned {
  /** Their folders were looked at: nobody had, or what they needed is elsewhere by now. */
  readonly looked: number
  /** They have the same root as one of which it was known. */
  readonly alike: number
  /** They are there no more. */
  readonly forgotten: number
  /** How many trees were read. */
  readonly trees: number
}

/**
 * Where several packs hold a blob, that one counts as needed which both tiers have; then one that is local, as it will be in
 * the cloud before any snapshot that needs it; then one that has to be fetched.
 */
const RANKS: Readonly<Record<FileState, number>> = { verified: 0, uploaded: 1, uploading: 1, local: 1, evicted: 2 }

/**
 * Finds out which packs the snapshots of a vault need, where the journal of its cache does not say so yet or not any more,
 * and names to it the packs that may be evicted. `repository`: over the storage of the cache.
 *
 * @throws CoreError `repository/damaged` where an index file cannot be read; nothing is learnt then.
 */
export async function learnNeeds(
  repository: Repository,
  snapshots: readonly StoredSnapshot[],
  journal: Journal,
  { workers, mostRemembered, onProgress, signal }: LearnNeedsOptions,
): Promise<NeedsLearned> {
  const forgotten = forgetOthers(snapshots, journal)
  const places = journal.needs.places()
  const stale = snapshots.filter(({ id }) => journal.needs.isStale(id, places))
  const wanted = stale.filter(({ id, tree }) => !journal.needs.takeFrom(tree, id, places))
  const alike = stale.length - wanted.length
  if (wanted.length === 0) return { looked: 0, alike, forgotten, trees: 0 }
  const walk = await openNeedWalk(repository, { workers, mostRemembered, signal })
  const numbers = numberPacks(walk, journal)
  let looked = 0
  let trees = 0
  for await (const { snapshot, packs, gaps, trees: read } of walk.needsOf(wanted)) {
    journal.needs.put({ snapshot: snapshot.id, tree: snapshot.tree, gaps, ...inJournal(packs, numbers, walk) })
    trees += read
    looked++
    onProgress?.(looked, wanted.length)
  }
  return { looked, alike, forgotten, trees }
}

function forgetOthers(snapshots: readonly StoredSnapshot[], { needs }: Journal): number {
  const there = new Set(snapshots.map(({ id }) => id))
  const gone = needs.known().filter((id) => !there.has(id))
  for (const id of gone) needs.forget(id)
  return gone.length
}

/**
 * What the journal calls each pack; 0: it does not know it, so nobody has it. Says which of them are to be preferred, and to
 * the journal which hold content alone.
 */
function numberPacks(walk: NeedWalk, { files }: Journal): Float64Array {
  const numbers = new Float64Array(walk.packCount)
  const evictable: string[] = []
  for (let pack = 0; pack < walk.packCount; pack++) {
    const file = files.find({ kind: 'pack', name: walk.nameOf(pack) })
    if (file === undefined) continue
    numbers[pack] = file.id
    walk.rank(pack, RANKS[file.state])
    if (walk.isData(pack) && !file.isEvictable) evictable.push(file.name)
  }
  files.markEvictable(evictable)
  return numbers
}

function inJournal(packs: Uint32Array, numbers: Float64Array, walk: NeedWalk) {
  const known: number[] = []
  const missing: string[] = []
  for (const pack of packs) {
    const number = numbers[pack] ?? 0
    if (number === 0) missing.push(walk.nameOf(pack))
    else known.push(number)
  }
  return { packs: known.toSorted((a, b) => a - b), missing }
}
