import { MARK } from './marks.ts'
import type { PackAction } from './pack-decisions.ts'
import type { PrunePlan } from './prune-plan.ts'

const STAYING: ReadonlySet<PackAction> = new Set(['keep', 'take-back'])
const GOING: ReadonlySet<PackAction> = new Set(['remove', 'repack'])

/**
 * Entries of copies that stay where they are while another copy of the same blob goes. Which of them is whole nobody
 * knows: an index tells it of neither.
 */
export function* copiesToProve({ inventory: { index, ledger }, marks, decisions }: PrunePlan): Generator<number> {
  const { count } = index

  function isIn(entry: number, actions: ReadonlySet<PackAction>): boolean {
    return actions.has(decisions.actionOf(index.locate(entry).pack))
  }

  function mayBeWhole(entry: number): boolean {
    return ((marks[entry] ?? 0) & MARK.unreadable) === 0 && !Number.isNaN(ledger.size(index.locate(entry).pack))
  }

  for (let first = 0; first < count; first++) {
    if (((marks[first] ?? 0) & MARK.used) === 0 || index.next(first) < 0) continue
    let kept = -1
    let isOneGoing = false
    for (let copy = first; copy >= 0; copy = index.next(copy)) {
      if (((marks[copy] ?? 0) & MARK.kept) !== 0) kept = copy
      else if (isIn(copy, GOING) && mayBeWhole(copy)) isOneGoing = true
    }
    if (isOneGoing && kept >= 0 && isIn(kept, STAYING)) yield kept
  }
}
