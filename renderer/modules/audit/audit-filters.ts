import { instantOfWall } from '../../shared/format/index.ts'

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
  return instantOfWall(Date.parse(`${day}T00:00:00.000Z`) + after * 86_400_000, timeZone)
}
