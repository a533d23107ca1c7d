import { formatCounted } from '../../../base/index.ts'

const UNITS = [
  [1440, 'day'],
  [60, 'hour'],
  [1, 'minute'],
] as const

/** `12 hours` of 720 minutes, `1 day 1 hour` of 1500: the largest units first, and none of which there is nothing. */
export function spanText(minutes: number): string {
  let left = minutes
  const parts: string[] = []
  for (const [size, unit] of UNITS) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(formatCounted(count, unit))
  }
  return parts.join(' ') || '0 minutes'
}
