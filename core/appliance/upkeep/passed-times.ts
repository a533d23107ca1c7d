import { formatCounted } from '../../base/index.ts'
import type { Cause } from '../../job/index.ts'
import type { DueRuns, PassedOver, Schedule } from '../../policy/index.ts'
import { localTime } from '../present/local-time.ts'

/** Scheduled times of which nothing becomes any more, as one run tells of them: it never begins. */
export interface PassedTimes {
  readonly isOver: 'skip' | 'expire'
  readonly cause: Cause
  /** The last of them. */
  readonly scheduledFor: number
}

/** What is to be told of scheduled times that came while nobody looked. Undefined: there is none. */
export function passedTimes(
  { due, missed }: DueRuns,
  { timeZone }: Pick<Schedule, 'timeZone'>,
): PassedTimes | undefined {
  if (missed) {
    const { scheduledFor, because, passedOver } = missed
    const times = { count: (passedOver?.count ?? 0) + 1, first: passedOver?.first ?? scheduledFor, last: scheduledFor }
    const came = timesCame(times, timeZone)
    return because === 'skip'
      ? {
          isOver: 'skip',
          scheduledFor,
          cause: { code: 'missed-skipped', text: `${came}, and the policy skips what was missed.`, remedy: BY_HAND },
        }
      : {
          isOver: 'expire',
          scheduledFor,
          cause: { code: 'missed-expired', text: `${came}, and it is too late for ${it(times)} now.`, remedy: BY_HAND },
        }
  }
  if (!due?.passedOver) return undefined
  const { passedOver, scheduledFor } = due
  const text = `${timesCame(passedOver, timeZone)}. The backup of ${localTime(scheduledFor, timeZone)} makes up for ${it(passedOver)}.`
  return { isOver: 'skip', scheduledFor: passedOver.last, cause: { code: 'missed-made-up', text } }
}

const BY_HAND = 'The next one comes by the schedule. To have it now, back up by hand.'

/** So many and more are counted by nobody. */
const MANY = 1000

function timesCame({ count, first, last }: PassedOver, timeZone: string): string {
  const from = localTime(first, timeZone)
  const span = count === 1 ? from : `${from} to ${localTime(last, timeZone)}`
  const counted = `${count >= MANY ? 'At least ' : ''}${formatCounted(count, 'scheduled time')}`
  return `${counted} (${span}, ${timeZone}) came while the appliance was off, or its clock was wrong`
}

function it({ count }: PassedOver): string {
  return count === 1 ? 'it' : 'them'
}
