import type { Move } from '../moving/move-blobs.ts'
import { MARK } from './marks.ts'
import type { PrunePlan } from './prune-plan.ts'

/**
 * Copies that are to be read next, put together pack by pack. There may be as many as the repository has blobs: all that is
 * held of them is a mark of each and a byte of each pack.
 */
export interface DueCopies {
  /** How many packs they are in. */
  readonly packs: number
  /** Bytes of those packs' files. */
  readonly bytes: number
  /** Takes them out, as it is asked for them. */
  take(): Generator<Move>
}

/** `entries`: those of the index. */
export function createDueCopies(
  { inventory: { index, ledger }, marks }: Pick<PrunePlan, 'inventory' | 'marks'>,
  entries: Iterable<number>,
): DueCopies {
  const isDue = new Uint8Array(ledger.listed)
  let packs = 0
  let bytes = 0
  for (const entry of entries) {
    marks[entry] = (marks[entry] ?? 0) | MARK.due
    const { pack } = index.locate(entry)
    if (isDue[pack] === 1) continue
    isDue[pack] = 1
    packs++
    bytes += ledger.size(pack)
  }

  return {
    packs,
    bytes,
    *take() {
      for (let pack = isDue.indexOf(1); pack >= 0; pack = isDue.indexOf(1, pack + 1)) {
        const due = ledger.entriesOf(pack).filter((entry) => ((marks[entry] ?? 0) & MARK.due) !== 0)
        for (const entry of due) marks[entry] = (marks[entry] ?? 0) & ~MARK.due
        yield { pack, entries: due }
      }
    },
  }
}
