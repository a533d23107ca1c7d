import { expect, it } from 'vitest'

import { type BrakeEvidence, brakesOf } from '../../../../../core/policy/index.ts'

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-22T12:00:00Z')
const CALM: BrakeEvidence = {
  now: NOW,
  lastRun: NOW - 24 * HOUR,
  sinceLastRun: 24 * HOUR,
  storageTime: NOW,
  newestPoint: NOW - HOUR,
  points: 10,
  removed: 3,
}

it('RET-22: nothing stops a removal where clocks agree and few points go', () => {
  expect(brakesOf(CALM)).toEqual([])
  expect(brakesOf({ now: NOW, points: 0, removed: 0 })).toEqual([])
})

it.each<[string, Partial<BrakeEvidence>, ReturnType<typeof brakesOf>[number]]>([
  [
    'was set ahead since the last run',
    { sinceLastRun: -2 * HOUR },
    { kind: 'clock', by: 26 * HOUR, against: 'last-run' },
  ],
  [
    'was set back since the last run',
    { sinceLastRun: 49 * HOUR },
    { kind: 'clock', by: -25 * HOUR, against: 'last-run' },
  ],
  [
    'is before the last run',
    { lastRun: NOW + 25 * HOUR, sinceLastRun: undefined },
    { kind: 'clock', by: -25 * HOUR, against: 'last-run' },
  ],
  ['is ahead of the storage', { storageTime: NOW - 25 * HOUR }, { kind: 'clock', by: 25 * HOUR, against: 'storage' }],
  ['is behind the storage', { storageTime: NOW + 25 * HOUR }, { kind: 'clock', by: -25 * HOUR, against: 'storage' }],
  [
    'is before the newest point',
    { newestPoint: NOW + 25 * HOUR },
    { kind: 'clock', by: -25 * HOUR, against: 'newest-point' },
  ],
])('RET-22: a clock that %s stops it', (_, evidence, brake) => {
  expect(brakesOf({ ...CALM, ...evidence })).toEqual([brake])
})

it('RET-22: a day is the most that clocks may differ', () => {
  expect(brakesOf({ ...CALM, storageTime: NOW + 24 * HOUR, newestPoint: NOW + 24 * HOUR })).toEqual([])
})

it('an appliance that was off for a month is no clock that was set ahead', () => {
  expect(
    brakesOf({ ...CALM, lastRun: NOW - 720 * HOUR, sinceLastRun: undefined, newestPoint: NOW - 720 * HOUR }),
  ).toEqual([])
})

it('RET-22: more than 30 % of a set at once stop it, but a single point never does', () => {
  expect(brakesOf({ ...CALM, removed: 4 })).toEqual([{ kind: 'mass-expiry', removed: 4, of: 10 }])
  expect(brakesOf({ ...CALM, points: 3, removed: 1 })).toEqual([])
  expect(brakesOf({ ...CALM, points: 3, removed: 2 })).toEqual([{ kind: 'mass-expiry', removed: 2, of: 3 }])
})
