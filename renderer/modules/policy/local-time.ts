import { DAY_MINUTES } from './time-of-day.ts'

/** What a clock on the wall shows. Weekdays count from Monday, 1, minutes from midnight. */
export interface LocalTime {
  readonly weekday: number
  readonly minute: number
}

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** An instant (RFC 3339) by the clock of a zone. Undefined where the browser does not know the zone. */
export function localTimeOf(instant: string, timeZone: string): LocalTime | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
    const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]))
    return {
      weekday: WEEKDAYS.indexOf(parts.get('weekday') ?? '') + 1,
      minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
    }
  } catch {
    return undefined
  }
}

/** So many minutes later on the same clock. */
export function laterBy({ weekday, minute }: LocalTime, minutes: number): LocalTime {
  const at = minute + minutes
  return { weekday: ((weekday - 1 + Math.floor(at / DAY_MINUTES)) % 7) + 1, minute: at % DAY_MINUTES }
}
