/** An id like those of the catalog: of version 7, in the order of `number`. */
export function idOf(kind: number, number: number): string {
  const time = (0x019a_0000_0000 + number).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${kind.toString(16).padStart(3, '0')}-8000-${number.toString(16).padStart(12, '0')}`
}

/** The moment at which the double's clock stands still: 2026-11-22 03:07 in Berlin. */
export const NOW = Date.parse('2026-11-22T02:07:00.000Z')
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
export const GIB = 1024 ** 3

export function instantAt(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
