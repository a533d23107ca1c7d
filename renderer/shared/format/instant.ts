export type InstantStyle = 'short' | 'minute' | 'weekday' | 'second' | 'day' | 'time'

const STYLES: Readonly<Record<InstantStyle, Intl.DateTimeFormatOptions>> = {
  short: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  minute: { dateStyle: 'medium', timeStyle: 'short' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  second: { dateStyle: 'medium', timeStyle: 'medium' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  time: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
}

/** An instant (RFC 3339) as a clock in `timeZone` shows it. An unknown zone counts as UTC. */
export function formatInstant(
  instant: string,
  locale: string,
  timeZone: string,
  style: InstantStyle = 'minute',
): string {
  const format = (zone: string): string =>
    new Intl.DateTimeFormat(locale, { hourCycle: 'h23', ...STYLES[style], timeZone: zone }).format(new Date(instant))
  try {
    return format(timeZone)
  } catch {
    return format('UTC')
  }
}

/** Like `formatInstant`, in each of the zones, with its name: of one line where they show the same (NAS-32). */
export function formatInZones(
  instant: string,
  locale: string,
  zones: readonly string[],
  style: InstantStyle,
): string[] {
  const shown = new Map<string, string>()
  for (const zone of zones) {
    const text = formatInstant(instant, locale, zone, style)
    if (!shown.has(text)) shown.set(text, zone)
  }
  return [...shown].map(([text, zone]) => `${text} (${zone})`)
}

const STEPS = [
  ['second', 1],
  ['minute', 60],
  ['hour', 3600],
  ['day', 86_400],
] as const

/** `5 minutes ago`, `in 3 hours`; `now` is milliseconds since the epoch. */
export function formatAgo(instant: string, locale: string, now: number): string {
  const seconds = (Date.parse(instant) - now) / 1000
  const distance = Math.abs(seconds)
  const [unit, size] = STEPS.findLast(([, length]) => distance >= length) ?? STEPS[0]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(Math.trunc(seconds / size), unit)
}
