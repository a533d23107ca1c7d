import { formatCounted } from '../../base/index.ts'
import type { Inventory } from '../inventory/read-inventory.ts'
import { type BlobStates, FLAG } from './blob-states.ts'
import { type Finding, finding } from './finding.ts'
import { consequence, countLost } from './review-packs.ts'

/** Packs that wait to be removed, by their numbers. */
export function waitingPacks({ ledger, waiting }: Inventory): ReadonlySet<number> {
  return new Set([...waiting.keys()].map((name) => ledger.find(Buffer.from(name, 'hex'))))
}

/**
 * Looks which packs that wait hold what some snapshot needs and no listed pack has, once all trees are read. Returns
 * them.
 */
export function reviewWaiting(
  inventory: Inventory,
  waiting: ReadonlySet<number>,
  states: BlobStates,
  report: (finding: Finding) => void,
): ReadonlySet<number> {
  const { ledger } = inventory
  const flags = new Uint8Array(states.flags)
  const needed = new Set<number>()
  for (const pack of waiting) {
    // What a listed pack has too is noted with the entry of that one.
    const entries = ledger.entriesOf(pack).filter((entry) => ((flags[entry] ?? 0) & (FLAG.used | FLAG.visited)) !== 0)
    if (entries.length === 0) continue
    needed.add(pack)
    const name = ledger.nameOf(pack)
    const holding = `${formatCounted(entries.length, 'blob')} that some snapshot needs`
    const lost = countLost(entries, states)
    if (Number.isNaN(ledger.size(pack))) {
      report(finding('pack-missing', name, `is missing. It held ${holding}`, consequence(lost)))
    } else
      report(
        finding(
          'pack-needed',
          name,
          `waits to be removed and holds ${holding}`,
          lost > 0 ? { restorable: 'rest' } : {},
        ),
      )
  }
  return needed
}
