import { describe, expect, it } from 'vitest'

import type { BackupSet, Run, Vault } from '../../../../core/contract/index.ts'
import type { Problem } from '../../../../renderer/client/index.ts'
import { fieldError } from '../../../../renderer/modules/problem/field-error.ts'
import { dueOf, nextTime, verifyDue } from '../../../../renderer/modules/vault/care-due.ts'
import { afterCareEvent, lastDone, unconfirmed } from '../../../../renderer/modules/vault/care-runs.ts'
import { fullnessOf, shareOf } from '../../../../renderer/modules/vault/space.ts'
import { byNeed, prunedAt } from '../../../../renderer/modules/vault/vault-words.ts'

const DAY = 24 * 3_600_000
const at = (instant: string): number => Date.parse(instant)

const setOf = (policy: string, changes: Partial<BackupSet> = {}) => ({
  policy: { id: policy, name: policy },
  isEnabled: true,
  createdAt: '2026-01-01T00:00:00Z',
  newestPointAt: '2026-11-21T00:00:00Z',
  lastVerifiedAt: '2026-11-01T00:00:00Z',
  ...changes,
})

const vaultOf = (name: string, changes: Partial<Vault> = {}) =>
  ({ name, state: 'ready', kitExportedAt: '2026-01-01T00:00:00Z', ...changes }) as Vault

const runOf = (id: string, changes: Partial<Run> = {}) =>
  ({
    id,
    kind: 'check',
    state: 'succeeded',
    vault: { id: 'main', name: 'Main' },
    set: null,
    endedAt: '2026-11-22T00:00:00Z',
    needsConfirmation: false,
    progress: null,
    ...changes,
  }) as Run

const ids = (runs: readonly Run[]): string[] => runs.map(({ id }) => id)

describe('when a vault is looked after next', () => {
  const rhythm = { maintenanceAt: '06:00', timeZone: 'Europe/Berlin' }
  const due = (last: string, days: number, now: string) => dueOf(last, days, rhythm, at(now))

  it('is so many days later, at the time of maintenance by the appliance’s clock', () => {
    // A check that began at six in Berlin and ended half an hour later.
    expect(due('2026-11-20T05:30:00Z', 7, '2026-11-22T02:07:00Z')).toEqual({
      day: '2026-11-27',
      at: '06:00',
      isOver: false,
    })
  })

  it('is the next morning for what was done by hand in the afternoon less than half a day before', () => {
    expect(due('2026-11-20T16:00:00Z', 1, '2026-11-20T17:00:00Z').day).toBe('2026-11-21')
    expect(due('2026-11-20T18:00:00Z', 1, '2026-11-20T19:00:00Z').day).toBe('2026-11-22')
  })

  it('is over from that minute on', () => {
    expect(due('2026-11-20T05:30:00Z', 1, '2026-11-21T04:59:59Z').isOver).toBe(false)
    expect(due('2026-11-20T05:30:00Z', 1, '2026-11-21T05:00:00Z').isOver).toBe(true)
  })

  it('stays at the same time of day where the clocks are put back in between', () => {
    expect(due('2026-10-24T04:10:00Z', 7, '2026-10-25T04:00:00Z')).toEqual({
      day: '2026-10-31',
      at: '06:00',
      isOver: false,
    })
  })

  it('is today where its time is still to come, and else tomorrow', () => {
    expect(nextTime(rhythm, at('2026-11-22T04:59:59Z')).day).toBe('2026-11-22')
    expect(nextTime(rhythm, at('2026-11-22T05:00:00Z')).day).toBe('2026-11-23')
    expect(nextTime(rhythm, at('2026-12-31T05:00:00Z')).day).toBe('2027-01-01')
  })

  it('is by UTC where nobody knows the zone', () => {
    expect(nextTime({ maintenanceAt: '06:00', timeZone: 'Mars/Olympus' }, at('2026-11-22T05:59:00Z')).day).toBe(
      '2026-11-22',
    )
  })
})

describe('when a vault is verified next', () => {
  const policies = new Map([
    ['monthly', 30],
    ['weekly', 7],
    ['never', null],
  ])

  it('is by the policy of the set whose turn comes first', () => {
    expect(verifyDue([setOf('monthly'), setOf('weekly')], policies)).toBe(at('2026-11-01T00:00:00Z') + 7 * DAY)
  })

  it('counts from when a set was made where it was never verified', () => {
    expect(verifyDue([setOf('monthly', { lastVerifiedAt: null })], policies)).toBe(at('2026-01-31T00:00:00Z'))
  })

  it.each([
    ['no policy asks for it', setOf('never')],
    ['its policy is not known', setOf('gone')],
    ['there is no recovery point', setOf('weekly', { newestPointAt: null })],
    ['the set is switched off', setOf('weekly', { isEnabled: false })],
  ])('is not asked for where %s', (_why, one) => {
    expect(verifyDue([one], policies)).toBeNull()
  })
})

describe('the room of a vault', () => {
  it('is what it takes of that and what is free', () => {
    expect(shareOf({ bytesStored: 300, bytesFree: 100 })).toBe(0.75)
  })

  it('has no share where one of them is not known, or both are nothing', () => {
    expect(shareOf({ bytesStored: null, bytesFree: 100 })).toBeNull()
    expect(shareOf({ bytesStored: 100, bytesFree: null })).toBeNull()
    expect(shareOf({ bytesStored: 0, bytesFree: 0 })).toBeNull()
  })

  it.each([
    [0.85, 'roomy'],
    [0.86, 'tight'],
    [0.96, 'full'],
  ])('of which %d is taken is %s', (share, fullness) => {
    expect(fullnessOf(share)).toBe(fullness)
  })
})

describe('the list of vaults', () => {
  it('begins with those that need somebody', () => {
    const all = [
      vaultOf('b'),
      vaultOf('a'),
      vaultOf('no kit', { kitExportedAt: null }),
      vaultOf('away', { state: 'unreachable' }),
      vaultOf('broken', { state: 'damaged' }),
    ]
    expect(all.toSorted(byNeed).map(({ name }) => name)).toEqual(['broken', 'away', 'no kit', 'a', 'b'])
  })

  it('does not take the making of a vault for a prune', () => {
    const createdAt = '2026-11-01T00:00:00Z'
    expect(prunedAt({ createdAt, lastPrunedAt: createdAt })).toBeNull()
    expect(prunedAt({ createdAt, lastPrunedAt: '2026-11-08T05:00:00Z' })).toBe('2026-11-08T05:00:00Z')
  })
})

describe('the runs of a vault’s care', () => {
  it('come with a new one before those that are there', () => {
    expect(ids(afterCareEvent([runOf('2'), runOf('1')], { type: 'run', run: runOf('3') }, 'main'))).toEqual([
      '3',
      '2',
      '1',
    ])
  })

  it('show one that is there as it is now, where it is', () => {
    const after = afterCareEvent(
      [runOf('2'), runOf('1')],
      { type: 'run', run: runOf('1', { state: 'failed' }) },
      'main',
    )
    expect(after.map(({ id, state }) => [id, state])).toEqual([
      ['2', 'succeeded'],
      ['1', 'failed'],
    ])
  })

  it('leave out backups and what other vaults are looked after by', () => {
    const before = [runOf('1')]
    expect(afterCareEvent(before, { type: 'run', run: runOf('2', { kind: 'backup' }) }, 'main')).toBe(before)
    const elsewhere = runOf('2', { vault: { id: 'other', name: 'Other' } })
    expect(afterCareEvent(before, { type: 'run', run: elsewhere }, 'main')).toBe(before)
  })

  it('wait for a person only where no newer run of their kind and set came (RET-22)', () => {
    const waiting = { state: 'failed', needsConfirmation: true, kind: 'forget' } as const
    const set = { id: 'finance', name: 'Finance' }
    expect(ids(unconfirmed([runOf('2'), runOf('1', waiting)]))).toEqual(['1'])
    expect(ids(unconfirmed([runOf('2', { kind: 'forget' }), runOf('1', waiting)]))).toEqual([])
    expect(ids(unconfirmed([runOf('2', { kind: 'forget', set }), runOf('1', waiting)]))).toEqual(['1'])
  })

  it('tell when one of a kind last ended well: never, or not known where only the last ones are', () => {
    const failed = runOf('3', { state: 'failed' })
    expect(lastDone([failed, runOf('2')], 'check')).toBe('2026-11-22T00:00:00Z')
    expect(lastDone([failed], 'check')).toBeUndefined()
    expect(lastDone([failed], 'prune')).toBeNull()
    expect(lastDone([runOf('4', { state: 'running', endedAt: null })], 'check')).toBeNull()
  })
})

describe('an error of a field', () => {
  const problem = {
    fields: [
      { path: 'name', message: 'Give a name.' },
      { path: 'location.path', message: 'Give a whole path.' },
    ],
  } as unknown as Problem

  it('is shown at the field that it is about, or that has the part that it is about', () => {
    expect(fieldError(problem, 'name')).toBe('Give a name.')
    expect(fieldError(problem, 'location')).toBe('Give a whole path.')
    expect(fieldError(problem, 'nam')).toBe(false)
    expect(fieldError(undefined, 'name')).toBe(false)
  })
})
