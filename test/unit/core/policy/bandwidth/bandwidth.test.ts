import { expect, it } from 'vitest'

import { bandwidthAt, type BandwidthWindow, limitOf } from '../../../../../core/policy/index.ts'

const WEEKDAYS = [1, 2, 3, 4, 5]
const OFFICE: BandwidthWindow = { weekdays: WEEKDAYS, start: '08:00', minutes: 600, bytesPerSecond: 1_000_000 }
const LUNCH: BandwidthWindow = { weekdays: WEEKDAYS, start: '12:00', minutes: 60, bytesPerSecond: 500_000 }
const NIGHT: BandwidthWindow = { weekdays: [7], start: '22:00', minutes: 480, bytesPerSecond: 2_000_000 }
const MONDAY = '2026-11-23'

it.each<[string, BandwidthWindow[], string, number | undefined, string]>([
  ['before the first', [OFFICE], `${MONDAY}T07:00Z`, undefined, `${MONDAY}T08:00Z`],
  ['from its first millisecond', [OFFICE], `${MONDAY}T08:00Z`, 1_000_000, `${MONDAY}T18:00Z`],
  ['behind its last', [OFFICE], `${MONDAY}T18:00Z`, undefined, '2026-11-24T08:00Z'],
  ['until a lower one begins', [OFFICE, LUNCH], `${MONDAY}T11:00Z`, 1_000_000, `${MONDAY}T12:00Z`],
  ['the lowest of those that hold', [OFFICE, LUNCH], `${MONDAY}T12:30Z`, 500_000, `${MONDAY}T13:00Z`],
  ['whichever comes first', [LUNCH, OFFICE], `${MONDAY}T12:30Z`, 500_000, `${MONDAY}T13:00Z`],
  ['over the weekend', [OFFICE], '2026-11-21T12:00Z', undefined, `${MONDAY}T08:00Z`],
  ['over midnight', [NIGHT], `${MONDAY}T05:00Z`, 2_000_000, `${MONDAY}T06:00Z`],
])('GEN-16: the limit %s', (_, windows, now, bytesPerSecond, until) => {
  expect(bandwidthAt(windows, 'UTC', Date.parse(now))).toEqual({ bytesPerSecond, until: Date.parse(until) })
})

it('where there are no windows there never is a limit', () => {
  expect(bandwidthAt([], 'UTC', 0)).toEqual({ bytesPerSecond: undefined, until: Number.POSITIVE_INFINITY })
})

it('RET-17: a night of nine hours is limited until the clock shows its end', () => {
  const autumn = Date.parse('2026-10-25T04:30Z')
  expect(bandwidthAt([{ ...NIGHT, weekdays: [6] }], 'Europe/Berlin', autumn)).toEqual({
    bytesPerSecond: 2_000_000,
    until: Date.parse('2026-10-25T05:00Z'),
  })
})

it.each([
  ['GEN-15: a manual run is not limited', 'manual', undefined],
  ['GEN-16: a scheduled run is limited', 'schedule', 1_000_000],
  ['what the appliance begins by itself is limited as well', 'system', 1_000_000],
] as const)('%s', (_, trigger, bytesPerSecond) => {
  const now = Date.parse(`${MONDAY}T09:00Z`)
  expect(limitOf(trigger, [OFFICE], 'UTC', now).bytesPerSecond).toBe(bytesPerSecond)
  expect(limitOf(trigger, [OFFICE], 'UTC', now).until).toBe(
    trigger === 'manual' ? Number.POSITIVE_INFINITY : Date.parse(`${MONDAY}T18:00Z`),
  )
})
