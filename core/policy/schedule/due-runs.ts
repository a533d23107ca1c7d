import { MINUTE } from './local-day.ts'
import { newestTimes } from './newest-times.ts'
import { timesBetween } from './next-times.ts'
import type { When } from './rule-times.ts'
import type { Schedule } from './schedule.ts'

/** Whoever looks later than this has missed it: the shortest interval that there is. So a restart at 22:00 misses nothing. */
const PUNCTUAL = 5 * MINUTE

/** A clock that is behind its last run by more than this was wrong then, as RET-22 has it, and not only set right. */
const MOST_SET_BACK = 1440 * MINUTE

/** Nobody needs to know it more exactly. */
const MOST_COUNTED = 1000

export interface DueQuestion {
  /** When was this asked last? Milliseconds since the epoch, as everywhere here. */
  readonly lastLooked: number
  /** For when was the run scheduled that was begun last? No time is given twice. */
  readonly lastScheduledFor?: number | undefined
  readonly now: number
}

/** A time of the schedule that has come. */
export interface DueRun {
  readonly scheduledFor: number
  /** It may still begin then, and no later. */
  readonly expiresAt: number
  /** Times before it that have come since, of which nothing becomes any more. */
  readonly passedOver: PassedOver | undefined
}

/** Times of which nothing becomes any more. */
export interface PassedOver {
  /** 1000 stands for more, too. */
  readonly count: number
  readonly first: number
  readonly last: number
}

/** One of both at most. Both undefined: no time has come. */
export interface DueRuns {
  /** Begin it now. */
  readonly due: DueRun | undefined
  /** It is not to begin any more: the policy skips what was missed, or it has expired. */
  readonly missed: (DueRun & { readonly because: 'skip' | 'expired' }) | undefined
}

/**
 * What has become due since somebody last looked: the newest time alone, however long the appliance was off and however far
 * its clock was set ahead.
 *
 * Where the clock was set back by up to a day, nothing is due until it has passed the last run's time again: no time is
 * given twice. Where it is further back, the clock was wrong before. Then times count from now on, as a schedule must not
 * stand still for the year that a clock was ahead.
 */
export function dueRuns(
  schedule: Pick<Schedule, 'timeZone' | 'rules' | 'missed' | 'expireAfterMinutes'>,
  { lastLooked, lastScheduledFor = Number.NEGATIVE_INFINITY, now }: DueQuestion,
): DueRuns {
  const isBinding = lastScheduledFor <= now + MOST_SET_BACK
  const after = Math.max(lastLooked, isBinding ? lastScheduledFor : Number.NEGATIVE_INFINITY)
  const [scheduledFor] = newestTimes(schedule, after, now, 1)
  if (scheduledFor === undefined) return { due: undefined, missed: undefined }
  const expiresAt = scheduledFor + schedule.expireAfterMinutes * MINUTE
  const run = { scheduledFor, expiresAt, passedOver: passedOver(schedule, after, scheduledFor - 1) }
  if (schedule.missed === 'skip' && now - scheduledFor > PUNCTUAL)
    return { due: undefined, missed: { ...run, because: 'skip' } }
  return now > expiresAt ? { due: undefined, missed: { ...run, because: 'expired' } } : { due: run, missed: undefined }
}

function passedOver(schedule: When, after: number, until: number): PassedOver | undefined {
  const times = timesBetween(schedule, after, until, { most: MOST_COUNTED })
  const [first] = times
  const [last] = newestTimes(schedule, after, until, 1)
  return first === undefined || last === undefined ? undefined : { count: times.length, first, last }
}
