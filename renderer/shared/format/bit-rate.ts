/** Bytes a second in a megabit a second: what lines are sold by. */
export const MEGABIT = 125_000

/** `50 Mbit/s`, `1.5 Mbit/s`. Bytes a second. */
export function formatBitRate(bytesPerSecond: number, locale: string): string {
  const megabits = bytesPerSecond / MEGABIT
  const text = new Intl.NumberFormat(locale, { maximumFractionDigits: megabits < 10 ? 2 : megabits < 100 ? 1 : 0 })
  return `${text.format(megabits)}\u00A0Mbit/s`
}
