import { Temporal } from 'temporal-polyfill'

import type { Day } from './day.ts'

const DAY = 24 * 60 * 60 * 1000

/** What is asked of days where they were, in a time zone. */
export interface Calendar {
  /** The day on which a recovery point was complete, where it was made. */
  readonly dayOf: (moment: number, timeZone: string) => Day
  /**
   * The first moment after a day, whose last one is 23:59:59 (RET-2), also where clocks are changed at midnight. Milliseconds
   * since the epoch.
   */
  readonly endOf: (day: Day, timeZone: string) => number
}

/**
 * Where a clock is as far ahead of UTC at both ends of such a time, it is so all the time between: two changes that undo each
 * other were never less than seven days apart since 1970 (Recife in 2000), and none are planned (Gaza in 2040).
 */
const STEPS = [6 * DAY, DAY]

/** So long a clock was as far ahead of UTC. Milliseconds since the epoch, and milliseconds. */
interface Span {
  readonly timeZone: string
  readonly from: number
  readonly to: number
  readonly ahead: number
}

/**
 * Points come in crowds and in their order, and asking a time zone costs 50 µs: it is asked every six days, and more often
 * around a change.
 */
export function createCalendar(): Calendar {
  const zones = new Map<string, Map<number, number>>()
  let last: Span | undefined

  function aheadOf(moment: number, timeZone: string): number {
    if (last === undefined || moment < last.from || moment >= last.to || timeZone !== last.timeZone)
      last = spanAround(moment, timeZone)
    return last.ahead
  }

  function spanAround(moment: number, timeZone: string): Span {
    for (const step of STEPS) {
      const from = Math.floor(moment / step) * step
      const ahead = askedOnce(from, timeZone)
      if (ahead === askedOnce(from + step, timeZone)) return { timeZone, from, to: from + step, ahead }
    }
    return { timeZone, from: moment, to: moment + 1, ahead: askedOnce(moment, timeZone) }
  }

  function askedOnce(moment: number, timeZone: string): number {
    const known = zones.get(timeZone) ?? new Map<number, number>()
    zones.set(timeZone, known)
    const ahead = known.get(moment) ?? askAhead(moment, timeZone)
    known.set(moment, ahead)
    return ahead
  }

  return {
    dayOf: (moment, timeZone) => Math.floor((moment + aheadOf(moment, timeZone)) / DAY),
    endOf(day, timeZone) {
      // Nowhere is a clock a whole day ahead, or behind: it is the end of that day within these two.
      const ahead = aheadOf(day * DAY, timeZone)
      return ahead === aheadOf((day + 2) * DAY, timeZone) ? (day + 1) * DAY - ahead : askStart(day + 1, timeZone)
    },
  }
}

function askAhead(moment: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone).offsetNanoseconds / 1e6
}

function askStart(day: Day, timeZone: string): number {
  return Temporal.PlainDate.from('1970-01-01').add({ days: day }).toZonedDateTime(timeZone).epochMilliseconds
}

/** Whether it names a zone: `Europe/Berlin`, `+01:00`. */
export function isTimeZone(name: string): boolean {
  try {
    askAhead(0, name)
    return true
  } catch {
    return false
  }
}
