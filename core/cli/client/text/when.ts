import { formatDuration, parseInstant } from '../../../base/index.ts'

/** `2026-11-22 22:00 CET`: in the zone of this computer, which is named. Nothing where it never was. */
export function when(instant: string | null, never = ''): string {
  if (instant === null) return never
  const parts = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  }).formatToParts(parseInstant(instant))
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')} ${part('timeZoneName')}`
}

/** `2026-11-22`, for tables that have no room for the hour, which hardly matters years ahead. */
export function day(instant: string | null, never = ''): string {
  return when(instant, never).replace(/ \d\d:\d\d .*$/, '')
}

/** `22:00:05`, for lines of a log that say the day elsewhere. */
export function timeOfDay(instant: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeStyle: 'medium' }).format(parseInstant(instant))
}

/** `1:02:03` from one moment to another. */
export function between(from: string, until: string): string {
  return formatDuration(parseInstant(until) - parseInstant(from))
}
