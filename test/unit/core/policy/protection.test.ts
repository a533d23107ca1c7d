import { expect, it } from 'vitest'

import {
  type EndedState,
  type OverallState,
  overallState,
  type Protection,
  type ProtectionEvidence,
  protectionOf,
} from '../../../../core/policy/index.ts'

const HOUR = 3_600_000
const NOW = Date.parse('2026-11-22T12:00:00Z')
const WELL: ProtectionEvidence = {
  isEnabled: true,
  createdAt: NOW - 1000 * HOUR,
  newestPoint: NOW - HOUR,
  newestComplete: NOW - HOUR,
  newestRunState: 'succeeded',
  rpoHours: 24,
  now: NOW,
}
const NONE = { newestPoint: undefined, newestComplete: undefined }
const OLD = { newestPoint: NOW - 24 * HOUR - 1, newestComplete: NOW - 24 * HOUR - 1 }

it.each<[string, Partial<ProtectionEvidence>, Protection]>([
  ['protected', {}, 'protected'],
  ['protected where no run is known any more', { newestRunState: undefined }, 'protected'],
  ['disabled before anything else', { isEnabled: false, ...NONE, newestRunState: 'failed' }, 'disabled'],
  ['never, where there is no point yet', { ...NONE, newestRunState: undefined }, 'never'],
  ['never, though its first run failed', { ...NONE, newestRunState: 'failed' }, 'never'],
  ['never, though a run is said to have succeeded (GEN-17)', NONE, 'never'],
  ['in time at the last millisecond', { newestPoint: NOW - 24 * HOUR, newestComplete: NOW - 24 * HOUR }, 'protected'],
  ['late a millisecond later', OLD, 'late'],
  ['late before failed', { ...OLD, newestRunState: 'failed' }, 'late'],
  ['late where newer points are not complete', { ...OLD, newestPoint: NOW, newestRunState: 'warning' }, 'late'],
  ['never late where the policy sets no limit', { ...OLD, rpoHours: null }, 'protected'],
  ['late, as old as the set is without a complete point', { newestComplete: undefined }, 'late'],
  [
    'not late yet, as the set is new',
    { newestComplete: undefined, createdAt: NOW - 2 * HOUR, newestRunState: 'warning' },
    'warning',
  ],
  ['failed', { newestRunState: 'failed' }, 'failed'],
  ['warning, as the newest point is not complete', { newestPoint: NOW, newestRunState: undefined }, 'warning'],
  ['protected, as a later run completed it', { newestPoint: NOW - HOUR }, 'protected'],
  ['not late by a clock that is behind', { newestComplete: NOW + HOUR, newestPoint: NOW + HOUR }, 'protected'],
])('is %s', (_, change, protection) => {
  expect(protectionOf({ ...WELL, ...change })).toBe(protection)
})

it.each<[EndedState, Protection]>([
  ['succeeded', 'protected'],
  ['warning', 'warning'],
  ['skipped', 'warning'],
  ['cancelled', 'warning'],
  ['failed', 'failed'],
  ['interrupted', 'failed'],
  ['expired', 'failed'],
])('by a newest run that ended as %s it is %s', (newestRunState, protection) => {
  expect(protectionOf({ ...WELL, newestRunState })).toBe(protection)
})

it.each<[Protection[], OverallState]>([
  [[], 'empty'],
  [['protected', 'protected'], 'protected'],
  [['protected', 'disabled'], 'protected'],
  [['disabled'], 'attention'],
  [['protected', 'warning'], 'attention'],
  [['protected', 'failed'], 'attention'],
  [['failed', 'late', 'protected'], 'unprotected'],
  [['never', 'protected'], 'unprotected'],
  [['never', 'disabled'], 'unprotected'],
])('all of %j is %s', (protections, state) => {
  expect(overallState(protections, false)).toBe(state)
  // Where a vault is away or damaged nothing is protected without a word.
  expect(overallState(protections, true)).toBe(state === 'protected' ? 'attention' : state)
})
