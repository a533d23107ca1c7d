import { formatDuration, parseInstant } from '../../../base/index.ts'

/** `2026-11-22 22:00 CET`: in the zone of this computer, which is named. Nothing where it never was. */
export function when(instant: string | null, never = ''): string {
  if (instant === null) return never
  const here = clocks(instant)
  return `${here.day} ${here.time} ${here.zone}`
}

/**
 * The same, and what the clocks showed where it was made, if that was something else (NAS-32):
 * `2026-11-22 22:00 CET (2026-11-23 02:30 +05:30)`. `timeZone` is an offset.
 */
export function whenMade(instant: string, timeZone: string): string {
  const here = clocks(instant)
  const there = clocks(instant, timeZone)
  if (here.day === there.day && here.time === there.time) return when(instant)
  return `${when(instant)} (${here.day === there.day ? '' : `${there.day} `}${there.time} ${timeZone})`
}

interface Clocks {
  readonly day: string
  readonly time: string
  readonly zone: string
}

/** What clocks show, by default those of this computer. */
function clocks(instant: string, timeZone?: string): Clocks {
  const parts = new Intl.DateTimeFormat('en-GB', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
    ...(timeZone !== undefined && { timeZone }),
  }).formatToParts(parseInstant(instant))
  const part = (type: Intl.DateTimeFormatPartTypes): string => parts.find((each) => each.type === type)?.value ?? ''
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
    zone: part('timeZoneName'),
  }
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
