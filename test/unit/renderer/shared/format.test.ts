import { describe, expect, it } from 'vitest'

import {
  formatAgo,
  formatBytes,
  formatDuration,
  formatInstant,
  formatInZones,
  secondsBetween,
} from '../../../../renderer/shared/format/index.ts'

const plain = (text: string): string => text.replaceAll(/[\u00A0\u202F]/g, ' ')

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    // Rounded up to the next unit, not to `1,024.0 KiB`.
    [1024 ** 2 - 1, '1.0 MiB'],
    [150 * 1024 ** 3, '150 GiB'],
    [2.5 * 1024 ** 4, '2.5 TiB'],
    [5000 * 1024 ** 5, '5,000 PiB'],
  ])('%d is %s', (bytes, text) => {
    expect(plain(formatBytes(bytes, 'en'))).toBe(text)
  })

  it('are written as the language has it', () => {
    expect(plain(formatBytes(1536, 'de'))).toBe('1,5 KiB')
  })
})

describe('a duration', () => {
  it.each([
    [0, '0 sec'],
    [59.4, '59 sec'],
    [60, '1 min'],
    [3599, '60 min'],
    [3600, '1 hr'],
    [3600 + 20 * 60, '1 hr 20 min'],
    [86_400 + 3600, '1 day 1 hr'],
    // The hour that rounding makes is carried over.
    [2 * 86_400 - 10, '2 days'],
    [-5, '0 sec'],
  ])('of %d seconds is %s', (seconds, text) => {
    expect(plain(formatDuration(seconds, 'en'))).toBe(text)
  })

  it('is counted from one instant to another', () => {
    expect(secondsBetween('2026-11-22T22:00:00.000Z', '2026-11-22T22:00:01.500Z')).toBe(1.5)
  })
})

describe('an instant', () => {
  const at = '2026-11-22T21:30:00.000Z'

  it('is shown by the clock of a time zone', () => {
    expect(formatInstant(at, 'de', 'Europe/Berlin', 'minute')).toBe('22.11.2026, 22:30')
    expect(formatInstant(at, 'de', 'Asia/Kolkata', 'minute')).toBe('23.11.2026, 03:00')
  })

  it('counts an unknown zone as UTC', () => {
    expect(formatInstant(at, 'de', 'Mars/Olympus', 'minute')).toBe('22.11.2026, 21:30')
  })

  it('is shown in both zones where they differ, and once where they do not (NAS-32)', () => {
    expect(formatInZones(at, 'de', ['Europe/Berlin', 'America/New_York'], 'minute')).toEqual([
      '22.11.2026, 22:30 (Europe/Berlin)',
      '22.11.2026, 16:30 (America/New_York)',
    ])
    expect(formatInZones(at, 'de', ['Europe/Berlin', 'Europe/Paris'], 'minute')).toEqual([
      '22.11.2026, 22:30 (Europe/Berlin)',
    ])
  })

  it.each([
    [0, 'now'],
    [59_000, '59 seconds ago'],
    [61_000, '1 minute ago'],
    [7_100_000, '1 hour ago'],
    [86_400_000 * 3, '3 days ago'],
    [-7_200_000, 'in 2 hours'],
  ])('%d ms before now is "%s"', (before, text) => {
    expect(formatAgo(at, 'en', Date.parse(at) + before)).toBe(text)
  })
})
