/** Which entries are wanted. Days are of the calendar, as the browser's fields give them: `2026-11-22`. */
export interface AuditFilters {
  readonly actor?: string | undefined
  readonly operation?: string | undefined
  readonly from?: string | undefined
  readonly until?: string | undefined
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** What a page's address asks for. What makes no sense is left out. */
export function auditFiltersOf(query: Readonly<Record<string, unknown>>): AuditFilters {
  const text = (key: string): string | undefined => {
    const value = query[key]
    return typeof value === 'string' && value !== '' ? value.slice(0, 100) : undefined
  }
  const day = (key: string): string | undefined => {
    const value = text(key)
    return value !== undefined && DAY.test(value) && !Number.isNaN(Date.parse(value)) ? value : undefined
  }
  return { actor: text('actor'), operation: text('operation'), from: day('from'), until: day('until') }
}

export function auditQueryOf(filters: AuditFilters): Record<string, string> {
  return Object.fromEntries(
    Object.entries(filters).flatMap(([key, value]) =>
      typeof value === 'string' && value !== '' ? [[key, value]] : [],
    ),
  )
}

/** The instant at which a day begins in a time zone, in RFC 3339. `after`: so many days later. */
export function dayStart(day: string, timeZone: string, after = 0): string {
  const utc = Date.parse(`${day}T00:00:00.000Z`) + after * 86_400_000
  // Twice: the zone's offset at the guess may not be that at the moment itself.
  const first = utc - offsetAt(utc, timeZone)
  return new Date(utc - offsetAt(first, timeZone)).toISOString()
}

/** Milliseconds by which clocks of the zone are ahead of UTC. */
function offsetAt(instant: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(new Date(instant))
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((part) => part.type === type)?.value)
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
  return shown - Math.floor(instant / 1000) * 1000
}
