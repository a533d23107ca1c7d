import { type Abortable, runAtOnce } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import type { PackLedger } from '../inventory/pack-ledger.ts'
import type { PackLoader } from './pack-loader.ts'
import { LONGEST_RUN, type PackRun, runsOfPack } from './runs-of-pack.ts'
import type { TreesJob, TreesRead } from './tree-job.ts'

export interface TreeWalk<R extends TreesRead> {
  readonly index: BlobIndex
  readonly ledger: PackLedger
  readonly loader: PackLoader
  readonly workers: number
  /** Says that a tree is visited from now on. False where it was already. */
  readonly claim: (entry: number) => boolean
  /** Has trees read by a thread of a crew. */
  readonly read: (job: TreesJob) => Promise<R>
  readonly onRead: (read: R) => void
  /** This copy of a tree cannot be read. Where there is another, that is read instead. */
  readonly onUnreadable?: ((entry: number) => void) | undefined
  /** Nor is there another copy. */
  readonly onLost: (entry: number, reason: string) => void
}

const READS_AHEAD = 2

/**
 * Reads every tree that can be reached from the roots, each once, and pack by pack rather than path by path. A copy of
 * a tree that cannot be read is replaced by another where there is one. Returns how many trees were read.
 */
export async function walkTrees<R extends TreesRead>(
  roots: Iterable<number>,
  walk: TreeWalk<R>,
  options: Abortable,
): Promise<number> {
  const { index, ledger, loader } = walk
  const pending = new Map<number, number[]>()
  let trees = 0

  function want(entry: number): void {
    const { pack } = index.locate(entry)
    const list = pending.get(pack)
    if (list) list.push(entry)
    else pending.set(pack, [entry])
  }

  /** This copy cannot be read. */
  function giveUp(entry: number, reason: string): void {
    walk.onUnreadable?.(entry)
    const other = index.next(entry)
    if (other >= 0) want(other)
    else walk.onLost(entry, reason)
  }

  function take(read: R): void {
    trees += read.trees
    for (const entry of read.elsewhere) want(entry)
    for (const { entry, reason } of read.unreadable) giveUp(entry, reason)
    walk.onRead(read)
  }

  async function readPack(pack: number, entries: readonly number[]): Promise<void> {
    const size = ledger.size(pack)
    if (Number.isNaN(size)) {
      for (const entry of entries) giveUp(entry, 'the pack is missing')
      return
    }
    const { runs, beyond } = runsOfPack(index, entries, size, Number.POSITIVE_INFINITY)
    for (const entry of beyond) giveUp(entry, 'the pack ends before it does')
    for (const { offset, length, within } of runs.map((run) => asWhole(run, size))) {
      const failure = await loader.load(ledger.nameOf(pack), offset, length, async (bytes) => {
        take(await walk.read({ ...bytes, pack, entries: Uint32Array.from(within) }))
      })
      if (failure !== undefined) for (const entry of within) giveUp(entry, failure)
    }
  }

  /** The pack that most is wanted of: the longer one waits, the more of it one reading serves. */
  function takeFullest(): [number, readonly number[]] | undefined {
    let fullest: [number, readonly number[]] | undefined
    for (const each of pending) if (!fullest || each[1].length > fullest[1].length) fullest = each
    if (fullest) pending.delete(fullest[0])
    return fullest
  }

  for (const root of roots) if (walk.claim(root)) want(root)
  await runAtOnce(walk.workers + READS_AHEAD, () => {
    options.signal?.throwIfAborted()
    const next = takeFullest()
    return next && (() => readPack(...next))
  })
  return trees
}

/** Trees that hang together lie together: a pack that can be read at once is read whole. */
function asWhole(run: PackRun, size: number): PackRun {
  return size <= LONGEST_RUN ? { ...run, offset: 0, length: size } : run
}
