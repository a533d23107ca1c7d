import type { Abortable } from '../../base/index.ts'
import { createBlobIndex, type Repository } from '../../repository/index.ts'
import type { MoveManner } from '../moving/messages.ts'
import { type Move, moveBlobs } from '../moving/move-blobs.ts'
import { movesOfEntries } from '../moving/moves-of-entries.ts'
import { copiesToProve } from './copies-to-prove.ts'
import { MARK } from './marks.ts'
import type { PrunePlan } from './prune-plan.ts'

export interface SaveNeededOptions extends Abortable {
  readonly workers: number
  /** Told how many packs are read, and their bytes. */
  readonly onBegin: (packs: number, bytes: number) => void
  /** Told of each pack that was dealt with. */
  readonly onPack: (bytes: number) => void
}

/** What is certain once packs may go. */
export interface Saved {
  /** Bytes of new packs. */
  readonly bytes: number
  /** Packs that hold something that is needed and cannot be read, by their numbers: what is wrong. */
  readonly damaged: ReadonlyMap<number, string>
  /** Packs with a copy of a blob that is needed and of which no copy can be read. None of them may go. */
  readonly lasting: ReadonlySet<number>
}

/**
 * Makes certain that what is needed is whole where it stays: what is needed of packs that go is put into new packs, and
 * where several packs hold a blob, the copy that stays is read before another goes. A copy that cannot be read is replaced
 * by the next one. When this resolves, new packs are stored and listed.
 *
 * Stopped or failed it throws why; then all packs are there as before, and of the new ones those that are listed.
 */
export async function saveNeeded(
  repository: Repository,
  plan: PrunePlan,
  { workers, onBegin, onPack, signal }: SaveNeededOptions,
): Promise<Saved> {
  const { decisions, inventory, marks, limits } = plan
  const { index, ledger } = inventory
  const damaged = new Map<number, string>()
  let bytes = 0

  /** Returns the entries that cannot be read; they are marked. */
  async function moveAll(moves: Iterable<Move>, manner: MoveManner): Promise<number[]> {
    const failed: number[] = []
    const moved = await moveBlobs(
      { repository, index, ledger },
      { repository, index: createBlobIndex(), manner, packBytes: limits.packBytes },
      moves,
      {
        workers,
        signal,
        words: { crewOf: 'the prune', safety: 'Nothing was removed.' },
        onFailure({ pack, lost, reason }) {
          for (const entry of lost) failed.push(entry)
          if (!damaged.has(pack)) damaged.set(pack, reason)
        },
        onPack: ({ pack }) => onPack(ledger.size(pack)),
      },
    )
    bytes += moved.bytes
    for (const entry of failed) marks[entry] = (marks[entry] ?? 0) | MARK.unreadable
    return failed
  }

  /** Another copy of the blob that may be read. */
  function otherCopy(entry: number): number | undefined {
    for (const copy of copiesOf(entry)) {
      const isTried = ((marks[copy] ?? 0) & MARK.unreadable) !== 0
      if (!isTried && !Number.isNaN(ledger.size(index.locate(copy).pack))) return copy
    }
    return undefined
  }

  function* copiesOf(entry: number): Generator<number> {
    const first = index.find(index.locate(entry).type, index.idOf(entry))
    for (let copy = first; copy >= 0; copy = index.next(copy)) yield copy
  }

  function* movesOf(packs: readonly number[]): Generator<Move> {
    for (const pack of packs) yield { pack, entries: ledger.entriesOf(pack).filter((entry) => isKept(marks, entry)) }
  }

  const rewritten: number[] = []
  for (const { action, use } of decisions) if (action === 'repack') rewritten.push(use.pack)
  const proved = movesOfEntries(index, copiesToProve(plan))
  const all = [...rewritten, ...proved.map(({ pack }) => pack)]
  if (all.length === 0) return { bytes, damaged, lasting: new Set() }
  onBegin(
    all.length,
    all.reduce((sum, pack) => sum + ledger.size(pack), 0),
  )
  const manner = limits.repackUncompressed ? 'compress' : 'keep'
  let failed = rewritten.length > 0 ? await moveAll(movesOf(rewritten), manner) : []
  if (proved.length > 0) failed = failed.concat(await moveAll(proved, 'prove'))
  const lasting = new Set<number>()
  while (failed.length > 0) {
    const others: number[] = []
    for (const entry of failed) {
      const other = otherCopy(entry)
      if (other !== undefined) others.push(other)
      else for (const copy of copiesOf(entry)) lasting.add(index.locate(copy).pack)
    }
    failed = others.length > 0 ? await moveAll(movesOfEntries(index, others), manner) : []
  }
  return { bytes, damaged, lasting }
}

function isKept(marks: Uint8Array, entry: number): boolean {
  return ((marks[entry] ?? 0) & MARK.kept) !== 0
}
