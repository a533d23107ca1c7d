const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** `1.4 GiB`: powers of 1024, as restic and the command line write them. Bytes. */
export function formatBytes(bytes: number | bigint, locale: string): string {
  let value = Number(bytes)
  let unit = 0
  while (value >= 1023.95 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  const text = new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits })
  return `${text.format(value)}\u00A0${UNITS[unit]}`
}
