import { Temporal } from 'temporal-polyfill'

const DAY = 24 * 60 * 60 * 1000

export type Period = 'week' | 'month' | 'year'

/** A day where it was, and the first moment after it: its last one is 23:59:59 (RET-2). Milliseconds since the epoch. */
interface PlacedDay {
  readonly day: Temporal.PlainDate
  readonly timeZone: string
  readonly start: number
  readonly end: number
}

/** What is asked of the Gregorian calendar (RET-8), in a time zone. */
export interface Calendar {
  /** The day on which a recovery point was complete, where it was made. */
  readonly dayOf: (moment: number, timeZone: string) => Temporal.PlainDate
  /** The first moment after a day, also where clocks are changed at midnight. Milliseconds since the epoch. */
  readonly endOf: (day: Temporal.PlainDate, timeZone: string) => number
}

/**
 * Asking for a day costs 50 µs, and points come in crowds, from the oldest to the newest: those of one day get one and the same
 * object for it, and each end is asked for once. Where a clock was changed that day, and might show it twice, each point is
 * asked for by itself.
 */
export function createCalendar(): Calendar {
  const days = new Map<string, Temporal.PlainDate>()
  const ends = new Map<string, number>()
  const placed = new Map<string, PlacedDay[]>()
  let last: PlacedDay | undefined

  function dayOf(moment: number, timeZone: string): Temporal.PlainDate {
    if (last && last.timeZone === timeZone && isIn(last, moment)) return last.day
    // A day of 24 hours touches two of UTC at most.
    const around = `${Math.floor(moment / DAY)} ${timeZone}`
    const known = placed.get(around)?.find((one) => isIn(one, moment))
    if (known) {
      last = known
      return known.day
    }
    const asked = askDay(moment, timeZone)
    const name = asked.toString()
    const day = days.get(name) ?? asked
    days.set(name, day)
    const start = endOf(day.subtract({ days: 1 }), timeZone)
    const end = endOf(day, timeZone)
    if (end - start === DAY) {
      last = { day, timeZone, start, end }
      placed.set(around, [...(placed.get(around) ?? []), last])
    }
    return day
  }

  function endOf(day: Temporal.PlainDate, timeZone: string): number {
    const key = `${day.toString()} ${timeZone}`
    const end = ends.get(key) ?? day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds
    ends.set(key, end)
    return end
  }

  return { dayOf, endOf }
}

function isIn({ start, end }: PlacedDay, moment: number): boolean {
  return moment >= start && moment < end
}

function askDay(moment: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone).toPlainDate()
}

/** Names a week (it ends on Sunday: RET-6), month or year. */
export function periodOf(day: Temporal.PlainDate, period: Period): string {
  if (period === 'week') return `${day.yearOfWeek}-W${String(day.weekOfYear).padStart(2, '0')}`
  return period === 'month' ? day.toPlainYearMonth().toString() : String(day.year)
}

/** The last day of so many days, weeks, months or years. The 31st of a month that has none is its last (RET-17). */
export function lastDay(
  from: Temporal.PlainDate,
  length: { readonly days?: number; readonly weeks?: number; readonly months?: number; readonly years?: number },
): Temporal.PlainDate {
  return from.add(length, { overflow: 'constrain' })
}

/** Whether it names a zone: `Europe/Berlin`, `+01:00`. */
export function isTimeZone(name: string): boolean {
  try {
    askDay(0, name)
    return true
  } catch {
    return false
  }
}
