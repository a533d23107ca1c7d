import { Temporal } from 'temporal-polyfill'

export const MINUTE = 60_000

/** A day where a schedule is, and when its minutes are. They count from midnight, and on into the next day: up to 2880. */
export interface LocalDay {
  /**
   * When the clock shows that minute. Milliseconds since the epoch. Where it is left out, the moment that the clock jumps
   * over it; where it comes twice, the first. So it never goes back from one minute to the next.
   */
  momentOf(minute: number): number
  /** When it shows it for the second time; undefined where it does so once. */
  againAt(minute: number): number | undefined
}

/** The day that it is there. */
export function localDate(moment: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(timeZone).toPlainDate()
}

export function localDay(date: Temporal.PlainDate, timeZone: string): LocalDay {
  const midnight = date.toPlainDateTime()
  const start = firstMoment(midnight, timeZone)
  // Asking for each minute costs 10 µs. On nearly all days no clock is changed, and adding is enough. Two changes within
  // two days that undo each other there have never been.
  if (firstMoment(midnight.add({ days: 2 }), timeZone) - start === 2 * 1440 * MINUTE)
    return { momentOf: (minute) => start + minute * MINUTE, againAt: () => undefined }
  return {
    momentOf: (minute) => firstMoment(midnight.add({ minutes: minute }), timeZone),
    againAt: (minute) => secondMoment(midnight.add({ minutes: minute }), timeZone),
  }
}

/** The minute of a time of day such as `22:00`. */
export function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
}

function firstMoment(local: Temporal.PlainDateTime, timeZone: string): number {
  const first = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  // A time that is left out becomes one before the jump, and so another one.
  const isThere = first.toPlainDateTime().equals(local)
  return (isThere ? first : (first.getTimeZoneTransition('next') ?? first)).epochMilliseconds
}

function secondMoment(local: Temporal.PlainDateTime, timeZone: string): number | undefined {
  const first = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' })
  const second = local.toZonedDateTime(timeZone, { disambiguation: 'later' })
  const isThere = first.toPlainDateTime().equals(local)
  return isThere && !second.equals(first) ? second.epochMilliseconds : undefined
}
