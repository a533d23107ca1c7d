import type { BurntDown } from '../../../core/contract/index.ts'
import type { Tone } from '../../ui/tone.ts'

/**
 * How much of a set would be left:
 *
 * - `empty`: there is nothing yet that could be lost.
 * - `nothing`: no recovery point is elsewhere.
 * - `older`: one that is not the newest.
 * - `newest`.
 */
export type Left = 'empty' | 'nothing' | 'older' | 'newest'

export function leftOf({ newestAt, offSiteAt, gapSeconds }: BurntDown): Left {
  if (newestAt === null) return 'empty'
  if (offSiteAt === null) return 'nothing'
  return gapSeconds === 0 ? 'newest' : 'older'
}

export const LEFT_TONES: Readonly<Record<Left, Tone>> = {
  empty: 'quiet',
  nothing: 'bad',
  older: 'warning',
  newest: 'good',
}

const WORST_FIRST: readonly Left[] = ['nothing', 'older', 'empty', 'newest']

/** Sets of which most would be lost come first; of those, the ones whose newest off-site point is furthest behind. */
export function worstFirst(items: readonly BurntDown[]): BurntDown[] {
  return items.toSorted(
    (a, b) =>
      WORST_FIRST.indexOf(leftOf(a)) - WORST_FIRST.indexOf(leftOf(b)) || (b.gapSeconds ?? 0) - (a.gapSeconds ?? 0),
  )
}

/** How many sets would be left how. */
export function countLeft(items: readonly BurntDown[]): Readonly<Record<Left, number>> {
  const counts = { empty: 0, nothing: 0, older: 0, newest: 0 }
  for (const item of items) counts[leftOf(item)]++
  return counts
}
