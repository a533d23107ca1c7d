import { Temporal } from 'temporal-polyfill'

/** `2026-11-22 03:10`, as a clock in this time zone shows it. */
export function localTime(milliseconds: number, timeZone: string): string {
  const time = Temporal.Instant.fromEpochMilliseconds(milliseconds).toZonedDateTimeISO(timeZone).toPlainDateTime()
  return time.toString({ smallestUnit: 'minute' }).replace('T', ' ')
}
