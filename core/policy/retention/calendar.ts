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

/** The day on which a recovery point was complete, where it was made. Gregorian calendar (RET-8). */
export type DayOf = (moment: number, timeZone: string) => Temporal.PlainDate

/**
 * Asking the calendar costs 50 µs, and points come in crowds: those of one day get one and the same object for it. Where a
 * clock was changed that day, and might show it twice, each is asked for by itself.
 */
export function sharedDays(): DayOf {
  const days = new Map<string, Temporal.PlainDate>()
  let last: PlacedDay | undefined
  return (moment, timeZone) => {
    if (last && last.timeZone === timeZone && moment >= last.start && moment < last.end) return last.day
    const asked = dayOf(moment, timeZone)
    const name = asked.toString()
    const day = days.get(name) ?? asked
    days.set(name, day)
    const start = day.toZonedDateTime(timeZone).epochMilliseconds
    const end = endOf(day, timeZone)
    if (end - start === DAY) last = { day, timeZone, start, end }
    return day
  }
}

function dayOf(moment: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone).toPlainDate()
}

/** The first moment after a day, also where clocks are changed at midnight. */
export function endOf(day: Temporal.PlainDate, timeZone: string): number {
  return day.add({ days: 1 }).toZonedDateTime(timeZone).epochMilliseconds
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
    dayOf(0, name)
    return true
  } catch {
    return false
  }
}
