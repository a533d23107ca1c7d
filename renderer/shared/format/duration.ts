const MINUTE = 60
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** `48 s`, `12 min`, `3 h 20 min`, `2 d 4 h`: two units at most, as nobody waits by the second for hours. Seconds. */
export function formatDuration(seconds: number, locale: string): string {
  const unit = (value: number, name: 'second' | 'minute' | 'hour' | 'day'): string =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  const whole = Math.max(0, Math.round(seconds))
  if (whole < MINUTE) return unit(whole, 'second')
  if (whole < HOUR) return unit(Math.round(whole / MINUTE), 'minute')
  if (whole < DAY)
    return pair(
      Math.round(whole / MINUTE),
      60,
      (h) => unit(h, 'hour'),
      (m) => unit(m, 'minute'),
    )
  return pair(
    Math.round(whole / HOUR),
    24,
    (d) => unit(d, 'day'),
    (h) => unit(h, 'hour'),
  )
}

function pair(amount: number, per: number, large: (n: number) => string, small: (n: number) => string): string {
  const rest = amount % per
  return rest === 0 ? large(amount / per) : `${large(Math.floor(amount / per))} ${small(rest)}`
}

/** Seconds from one instant to another (RFC 3339). */
export function secondsBetween(from: string, until: string | number): number {
  return ((typeof until === 'number' ? until : Date.parse(until)) - Date.parse(from)) / 1000
}
