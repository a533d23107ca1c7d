import { formatCount, parseInstant, systemClock } from '../../../base/index.ts'
import type { RetentionDecision } from '../../../contract/index.ts'
import type { Output } from '../../output.ts'
import { shortId } from './names.ts'
import { day, when } from './when.ts'
import { writeList } from './write-list.ts'

/** Which points are kept, until when, and why: the oldest first. `onlyKept`: people are shown those alone. */
export function writeDecisions(
  output: Output,
  decisions: readonly RetentionDecision[],
  { empty, onlyKept = false }: { readonly empty: string; readonly onlyKept?: boolean },
): void {
  const now = systemClock.now()
  const hasIds = decisions.some(({ pointId }) => pointId !== null)
  writeList(output, {
    type: 'decision',
    items: onlyKept && !output.json ? decisions.filter(({ isKept }) => isKept) : decisions,
    columns: [
      { title: hasIds ? 'Point' : '' },
      { title: 'Completed' },
      { title: 'Kept' },
      { title: 'Until' },
      { title: 'Why', narrow: 'broken' },
    ],
    row: ({ pointId, completedAt, isKept, until, reasons }) => [
      pointId === null ? '' : shortId(pointId),
      when(completedAt),
      isKept ? 'yes' : 'no',
      isKept ? day(until, 'things change') : '',
      reasonsAt(reasons, now)
        .map(({ rule, period }) => (period === null ? rule : `${rule} ${period}`))
        .join(', '),
    ],
    empty,
  })
  const kept = decisions.filter(({ isKept }) => isKept).length
  if (decisions.length > 0) output.say(`${formatCount(kept)} of ${formatCount(decisions.length)} are kept.`)
}

type Reasons = RetentionDecision['reasons']

/**
 * The reasons that hold at `now` (milliseconds since the epoch). Decisions come with those that are over, too: a point of last
 * year was one of the last days once, and is kept as that of its month.
 */
export function reasonsAt(reasons: Reasons, now: number): Reasons {
  return reasons.filter(({ until }) => until === null || parseInstant(until) > now)
}
