import { formatCount, formatCounted } from '../../base/index.ts'
import type { IndexRepairPlan } from './plan-index.ts'

/** Of the packs that an index lists. Damage takes some of them; a folder that is not mounted takes all that lie there. */
const MOST_GONE = 1 / 3

/** Too many packs are not there to be taken for lost. */
export interface PacksGone {
  /** How many packs that is. */
  readonly packs: number
  /** The same within a sentence. */
  readonly words: string
  /** What to do where they are not lost, as a sentence. */
  readonly remedy: string
}

/** Undefined where no more of the listed packs are missing than damage may take. */
export function packsGone({ inventory: { ledger }, missing }: IndexRepairPlan): PacksGone | undefined {
  const packs = missing.length
  if (packs === 0 || packs <= ledger.listed * MOST_GONE) return undefined
  return {
    packs,
    words: `of ${formatCounted(ledger.listed, 'pack')} that the index lists, ${formatCount(packs)} ${packs === 1 ? 'is' : 'are'} not there`,
    remedy:
      'The storage is probably only partly there, as where a folder is not mounted: mount it, see that `data` holds its packs again, and run this once more.',
  }
}
