import type { Listing } from '../listing/replace-index-files.ts'
import { letsWait, noteNow, renewNote } from './grace.ts'
import type { PrunePlan } from './prune-plan.ts'

/** What the index files will say of a pack, by its number; undefined: what they say so far. */
export type NewListing = (pack: number) => Listing | undefined

const LISTED: Listing = { state: 'listed' }
const GONE: Listing = { state: 'gone' }

/** `lasting`: packs that stay whatever was planned. Looked up pack by pack: of millions of packs all may be told anew. */
export function newListings(
  { decisions, limits, now }: Pick<PrunePlan, 'decisions' | 'limits' | 'now'>,
  lasting: ReadonlySet<number>,
): NewListing {
  const waitsNow: Listing = { state: 'waiting', note: noteNow(limits, now) }

  return (pack) => {
    const { use, action, reason } = decisions.of(pack)
    switch (action) {
      case 'unlist':
        return GONE
      case 'take-back':
        return LISTED
      case 'remove':
      case 'repack':
        if (lasting.has(pack)) break
        return letsWait(limits) && reason !== 'due' ? waitsNow : GONE
      case 'wait':
        return use.waiting && { state: 'waiting', note: renewNote(use.waiting, limits.grace, now) }
      case 'keep':
        break
    }
    return undefined
  }
}
