import { Temporal } from 'temporal-polyfill'

export type Period = 'week' | 'month' | 'year'

/** The day on which a recovery point was complete, where it was made. Gregorian calendar (RET-8). */
export function dayOf(moment: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone).toPlainDate()
}

/** The first moment after a day: its last one is 23:59:59 (RET-2), also where clocks are changed at midnight. */
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
