import { isSameNote, newWaitNote, UNTOLD_GRACE, type WaitNote } from '../../repository/index.ts'
import type { PackDecision } from './pack-decisions.ts'
import type { PruneLimits } from './prune-limits.ts'

const DAY = 86_400_000

/** A pack must not wait for ever: of what says more, a slip of the pen or somebody who means harm, no more is believed. */
export const MOST_GRACE = 366 * DAY

/** What this prune asks for: see `PruneLimits.grace`. */
type AskedGrace = PruneLimits['grace']

/** Whether what this prune takes out of the index waits first. */
export function letsWait({ grace = 0 }: Pick<PruneLimits, 'grace'>): boolean {
  return grace > 0
}

/** When that is due; undefined where it does not wait. Milliseconds since the epoch. */
export function newDue({ grace = 0 }: Pick<PruneLimits, 'grace'>, now: number): number | undefined {
  return grace > 0 ? now + grace : undefined
}

/** What is noted of a pack that this prune takes out of the index. */
export function noteNow({ grace = 0 }: Pick<PruneLimits, 'grace'>, now: number): WaitNote {
  return newWaitNote(now, grace)
}

/**
 * What is to be noted of a pack that waits, after what was noted of it. A prune makes its grace longer, never shorter, and
 * where none is noted it is the one that this prune asks for.
 *
 * Where the time is still to come, a clock was wrong then, or is wrong now, and nobody can tell which: the grace counts from
 * the prune that found it so, and from the noted time again once the clock is past that. Whichever it was, it is not cut
 * short. Of a clock that was behind as it was noted nothing tells later: that is asked as it is noted (`begunGraces`).
 */
export function renewNote({ since, grace, countedFrom }: WaitNote, asked: AskedGrace, now: number): WaitNote {
  const promised = grace >= 0 ? Math.min(grace, MOST_GRACE) : (asked ?? UNTOLD_GRACE)
  const begin = Number.isNaN(since) ? now : since
  return {
    since: begin,
    grace: Math.max(promised, asked ?? 0),
    countedFrom: begin <= now ? Number.NaN : isBelievable(countedFrom, now) ? countedFrom : now,
  }
}

/** Whether a prune can have noted this. What is longer ago than any grace was noted by a clock that was wrong, too. */
function isBelievable(countedFrom: number, now: number): boolean {
  return countedFrom <= now && now - countedFrom <= MOST_GRACE
}

/** When a pack may be removed of which this was noted. Milliseconds since the epoch. */
export function dueOf(note: WaitNote, asked: AskedGrace, now: number): number {
  if (asked === 0) return now
  const { since, grace, countedFrom } = renewNote(note, asked, now)
  return (since > now ? countedFrom : since) + grace
}

/** Whether a prune has to note something else of a pack that waits. */
export function isToBeNoted(note: WaitNote, asked: AskedGrace, now: number): boolean {
  return !isSameNote(note, renewNote(note, asked, now))
}

/** Until when a pack waits once a prune is done; undefined where it does not. Milliseconds since the epoch. */
export function waitEnd(
  { use, action, reason }: PackDecision,
  limits: Pick<PruneLimits, 'grace'>,
  now: number,
): number | undefined {
  if (action === 'wait') return use.waiting && dueOf(use.waiting, limits.grace, now)
  const isTakenOut = action === 'repack' || (action === 'remove' && reason !== 'due')
  return isTakenOut ? newDue(limits, now) : undefined
}
