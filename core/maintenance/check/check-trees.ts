import type { Abortable } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import { type BlobStates, FLAG } from './blob-states.ts'
import type { CheckCrew } from './check-crew.ts'
import { type Finding, finding } from './finding.ts'
import type { TreesDone } from './messages.ts'
import type { PackLedger } from './pack-ledger.ts'
import type { PackLoader } from './pack-loader.ts'
import type { ProgressMeter } from './progress.ts'
import { createRunner } from './runner.ts'

export interface TreesParts {
  readonly index: BlobIndex
  readonly ledger: PackLedger
  readonly states: BlobStates
  readonly crew: CheckCrew
  readonly loader: PackLoader
  readonly workers: number
  readonly meter: ProgressMeter
  readonly report: (finding: Finding) => void
}

/** Packs up to this size are read whole: trees that hang together lie together. Of larger ones only what is wanted. */
const LONGEST_RUN = 32 * 1024 * 1024
const READS_AHEAD = 2

/**
 * Reads every tree that can be reached from the roots, each once, and pack by pack rather than path by path. A copy of
 * a tree that cannot be read is replaced by another where there is one. Returns how many trees were read.
 */
export async function checkTrees(roots: Iterable<number>, parts: TreesParts, options: Abortable): Promise<number> {
  const { index, ledger, states, crew, loader, workers, meter, report } = parts
  const flags = new Uint8Array(states.flags)
  const pending = new Map<number, number[]>()
  const runner = createRunner(workers + READS_AHEAD)
  let trees = 0

  function want(entry: number): void {
    const { pack } = index.locate(entry)
    const list = pending.get(pack)
    if (list) list.push(entry)
    else pending.set(pack, [entry])
  }

  /** This copy cannot be read. */
  function giveUp(entry: number, reason: string): void {
    states.dropCopy(entry)
    const other = index.next(entry)
    if (other >= 0) {
      want(other)
      return
    }
    states.noteLoss()
    const pack = ledger.nameOf(index.locate(entry).pack).slice(0, 10)
    report(finding('tree-damaged', index.idOf(entry).toString('hex'), `in pack ${pack} cannot be read: ${reason}`))
  }

  function take({ trees: count, elsewhere, unreadable, findings, missesSome }: TreesDone): void {
    trees += count
    meter.add(count)
    for (const entry of elsewhere) want(entry)
    for (const { entry, reason } of unreadable) giveUp(entry, reason)
    for (const each of findings) report(each)
    if (missesSome) states.noteLoss()
  }

  async function readPack(pack: number, entries: readonly number[]): Promise<void> {
    const size = ledger.size(pack)
    if (Number.isNaN(size)) {
      for (const entry of entries) giveUp(entry, 'the pack is missing')
      return
    }
    for (const { offset, length, within } of runsOf(index, entries, size, (entry) =>
      giveUp(entry, 'the pack ends before it does'),
    )) {
      const failure = await loader.load(ledger.nameOf(pack), offset, length, async (bytes) => {
        take(await crew.run('trees', { ...bytes, pack, entries: Uint32Array.from(within) }))
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

  for (const root of roots) {
    if ((Atomics.or(flags, root, FLAG.visited) & FLAG.visited) === 0) want(root)
  }
  await runner.run(() => {
    options.signal?.throwIfAborted()
    const next = takeFullest()
    return next && (() => readPack(...next))
  })
  return trees
}

interface Run {
  readonly offset: number
  readonly length: number
  readonly within: readonly number[]
}

/** Runs of a pack of `size` bytes in which the entries lie. Those that do not lie in the file are told to `beyond`. */
function runsOf(index: BlobIndex, entries: readonly number[], size: number, beyond: (entry: number) => void): Run[] {
  const rows = entries.map((entry) => ({ entry, ...index.locate(entry) })).toSorted((a, b) => a.offset - b.offset)
  const isThere = rows.filter(({ offset, length }) => offset + length <= size)
  for (const { entry, offset, length } of rows) if (offset + length > size) beyond(entry)
  if (isThere.length === 0) return []
  if (size <= LONGEST_RUN) return [{ offset: 0, length: size, within: isThere.map(({ entry }) => entry) }]
  const runs: { offset: number; length: number; within: number[] }[] = []
  let current: (typeof runs)[number] | undefined
  for (const { entry, offset, length } of isThere) {
    const end = offset + length
    if (!current || end - current.offset > LONGEST_RUN) {
      current = { offset, length, within: [entry] }
      runs.push(current)
    } else {
      current.length = Math.max(current.length, end - current.offset)
      current.within.push(entry)
    }
  }
  return runs
}
