import type { Abortable } from '../../base/index.ts'
import { createBlobIndex, type Repository } from '../../repository/index.ts'
import type { MoveManner } from '../moving/messages.ts'
import { type Move, moveBlobs } from '../moving/move-blobs.ts'
import { copiesToProve } from './copies-to-prove.ts'
import { createDueCopies } from './due-copies.ts'
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

  const has = (entry: number, mark: number): boolean => ((marks[entry] ?? 0) & mark) !== 0

  /** What cannot be read is marked. Resolves to how many blobs that are. */
  async function moveAll(moves: Iterable<Move>, manner: MoveManner): Promise<number> {
    let failed = 0
    // Nothing is listed in it: of each blob one copy is chosen, so none is moved twice.
    const stored = createBlobIndex()
    const moved = await moveBlobs(
      { repository, index, ledger },
      { repository, index: stored, manner, packBytes: limits.packBytes },
      moves,
      {
        workers,
        signal,
        words: { crewOf: 'the prune', safety: 'Nothing was removed.' },
        onFailure({ pack, lost, reason }) {
          failed += lost.length
          for (const entry of lost) marks[entry] = (marks[entry] ?? 0) | MARK.unreadable | MARK.failed
          if (!damaged.has(pack)) damaged.set(pack, reason)
        },
        onPack: ({ pack }) => onPack(ledger.size(pack)),
      },
    )
    bytes += moved.bytes
    return failed
  }

  /** Another copy of the blob that may be read. */
  function otherCopy(entry: number): number | undefined {
    for (const copy of copiesOf(entry)) {
      if (!has(copy, MARK.unreadable) && !Number.isNaN(ledger.size(index.locate(copy).pack))) return copy
    }
    return undefined
  }

  function* copiesOf(entry: number): Generator<number> {
    const first = index.find(index.locate(entry).type, index.idOf(entry))
    for (let copy = first; copy >= 0; copy = index.next(copy)) yield copy
  }

  const lasting = new Set<number>()
  /** Other copies of what failed. Where there is none, the packs that hold one last. */
  function* otherCopies(): Generator<number> {
    for (let entry = 0; entry < index.count; entry++) {
      if (!has(entry, MARK.failed)) continue
      marks[entry] = (marks[entry] ?? 0) & ~MARK.failed
      const other = otherCopy(entry)
      if (other !== undefined) yield other
      else for (const copy of copiesOf(entry)) lasting.add(index.locate(copy).pack)
    }
  }

  function* rewrites(): Generator<Move> {
    for (const { action, use } of decisions) {
      if (action !== 'repack') continue
      yield { pack: use.pack, entries: ledger.entriesOf(use.pack).filter((entry) => has(entry, MARK.kept)) }
    }
  }

  const rewritten = { packs: 0, bytes: 0 }
  for (const { action, use } of decisions) {
    if (action !== 'repack') continue
    rewritten.packs++
    rewritten.bytes += use.bytes
  }
  const proved = createDueCopies(plan, copiesToProve(plan))
  const packs = rewritten.packs + proved.packs
  if (packs === 0) return { bytes, damaged, lasting }
  onBegin(packs, rewritten.bytes + proved.bytes)
  const manner = limits.repackUncompressed ? 'compress' : 'keep'
  let failed = rewritten.packs > 0 ? await moveAll(rewrites(), manner) : 0
  if (proved.packs > 0) failed += await moveAll(proved.take(), 'prove')
  while (failed > 0) {
    const others = createDueCopies(plan, otherCopies())
    failed = others.packs > 0 ? await moveAll(others.take(), manner) : 0
  }
  return { bytes, damaged, lasting }
}
