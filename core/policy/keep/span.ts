import type { Temporal } from 'temporal-polyfill'

import { CoreError } from '../../base/index.ts'

/** A length of time as restic writes it, such as `2y5m7d3h`. */
export interface Span {
  readonly years: number
  readonly months: number
  readonly days: number
  readonly hours: number
}

const UNITS = { y: 'years', m: 'months', d: 'days', h: 'hours' } as const

/** Reads `2y5m7d3h`. Throws `input/invalid`. */
export function parseSpan(text: string): Span {
  const span = { years: 0, months: 0, days: 0, hours: 0 }
  const trimmed = text.trim()
  if (!/^(?:\d{1,6}[ymdh])+$/.test(trimmed)) {
    throw new CoreError('input/invalid', `${JSON.stringify(text)} is no length of time.`, {
      safety: 'Nothing was removed.',
      remedy: 'Write years, months, days and hours as in 2y5m7d3h.',
    })
  }
  for (const [, number, unit] of trimmed.matchAll(/(\d+)([ymdh])/g))
    span[UNITS[unit as keyof typeof UNITS]] = Number(number)
  return span
}

export function formatSpan({ years, months, days, hours }: Span): string {
  const parts = [years && `${years}y`, months && `${months}m`, days && `${days}d`, hours && `${hours}h`]
  return parts.filter(Boolean).join('')
}

export function isEmptySpan(span: Span): boolean {
  return formatSpan(span) === ''
}

/** The first moment that `Temporal` knows, some 270,000 years before our era. Nanoseconds since the epoch. */
const EARLIEST = -8_640_000_000_000_000_000_000n

/**
 * The moment so long before another one, which was written with an offset: years, months and days by the calendar there, a
 * day that there is not in its month counting on into the next (30 February is 1 or 2 March), as restic counts.
 * What lies before all that `Temporal` knows is its first moment.
 */
export function before(moment: Temporal.ZonedDateTime, { years, months, days, hours }: Span): bigint {
  try {
    const first = moment.with({ day: 1 }).subtract({ years, months })
    return first
      .add({ days: moment.day - 1 })
      .subtract({ days })
      .subtract({ hours }).epochNanoseconds
  } catch (error) {
    if (error instanceof RangeError) return EARLIEST
    throw error
  }
}
