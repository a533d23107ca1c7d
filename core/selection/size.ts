import { CoreError } from '../base/index.ts'

const UNITS = new Map([
  ['', 1n],
  ['b', 1n],
  ['k', 1n << 10n],
  ['m', 1n << 20n],
  ['g', 1n << 30n],
  ['t', 1n << 40n],
])

// What restic can count: a signed 64-bit number.
const LARGEST = (1n << 63n) - 1n

/** Parses a size as restic's `--exclude-larger-than` takes it: a number and b, k, m, g or t (of 1024). Bytes. */
export function parseSize(text: string): bigint {
  const [, digits, unit = ''] = /^\+?(\d+)([bkmgt]?)$/i.exec(text) ?? []
  const size = digits === undefined ? undefined : BigInt(digits) * (UNITS.get(unit.toLowerCase()) ?? 1n)
  if (size !== undefined && size <= LARGEST) return size
  throw new CoreError('input/invalid', `${JSON.stringify(text)} is not a size`, {
    safety: 'Nothing was read or stored.',
    remedy: 'Write a number of bytes, or one with k, m, g or t, for example 500m.',
  })
}
