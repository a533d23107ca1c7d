import { describe, expect, it } from 'vitest'

import {
  type AgentFacts,
  type AlertFacts,
  type CacheFacts,
  type RestoreFacts,
  reconcileAlerts,
  wantedAlerts,
} from '../../../../../core/alert/index.ts'
import { afterwards, calmFacts, calmSet, calmVault, DAY, endedRun, HOUR, NOW } from '../../../../support/alert-facts.ts'

function told(facts: AlertFacts, now = NOW): string[] {
  return wantedAlerts(facts, now).map(({ key, severity }) => `${severity} ${key}`)
}

const openAfter = (facts: AlertFacts) => afterwards([], reconcileAlerts([], wantedAlerts(facts, NOW), NOW))
const withSet = (more: Parameters<typeof calmSet>[0]): AlertFacts => calmFacts({ sets: [calmSet(more)] })
const withVault = (more: Parameters<typeof calmVault>[0]): AlertFacts => calmFacts({ vaults: [calmVault(more)] })
const withAgent = (more: Partial<AgentFacts>): AlertFacts =>
  withVault({
    agents: [{ id: 'agent-1', name: 'web', createdAt: NOW - 90 * DAY, snapshotAt: NOW, overdueHours: 48, ...more }],
  })
const NO_DAMAGE = { healed: 0, lasting: 0, last: undefined }
const withCache = (more: Partial<CacheFacts>): AlertFacts =>
  withVault({
    cache: {
      folder: '/cache',
      problem: null,
      bytesWaiting: 10,
      waitingSince: null,
      held: null,
      damage: NO_DAMAGE,
      ...more,
    },
  })
const withRestores = (...restores: RestoreFacts[]): AlertFacts => calmFacts({ restores })
const restore = (state: RestoreFacts['state'], more: Partial<RestoreFacts> = {}): RestoreFacts => ({
  ...endedRun(state),
  name: 'Finance',
  target: '/srv/back',
  what: 'all of it to /srv/back',
  ...more,
})
const prune = { ...endedRun('failed'), kind: 'prune' as const }
const stopped = {
  id: 'run-7',
  kind: 'forget' as const,
  endedAt: NOW,
  cause: '9 of 10 points would go',
  set: { id: 'set-1', name: 'Finance' },
  vault: { id: 'vault-1', name: 'nas' },
}

it('nothing is told of an appliance where all is well', () => {
  expect(told(calmFacts())).toEqual([])
  expect(told(calmFacts({ sets: [], vaults: [], catalogBackedUpAt: null }))).toEqual([])
})

it.each<[string, AlertFacts, string[]]>([
  ['a backup that failed', withSet({ lastRun: endedRun('failed') }), ['error run-failed:set:set-1']],
  ['a backup that was interrupted', withSet({ lastRun: endedRun('interrupted') }), ['error run-failed:set:set-1']],
  ['a backup that waited too long', withSet({ lastRun: endedRun('expired') }), ['error run-failed:set:set-1']],
  ['a backup with a warning', withSet({ lastRun: endedRun('warning') }), ['warning run-warning:set:set-1']],
  ['a backup that somebody cancelled', withSet({ lastRun: endedRun('cancelled') }), []],
  ['a backup that was skipped', withSet({ lastRun: endedRun('skipped') }), []],
  ['a failure of a set that is switched off', withSet({ lastRun: endedRun('failed'), isEnabled: false }), []],
  ['a point just young enough', withSet({ newestCompletePointAt: NOW - DAY }), []],
  ['a point that is too old', withSet({ newestCompletePointAt: NOW - DAY - 1 }), ['warning rpo-breached:set:set-1']],
  ['a point twice too old', withSet({ newestCompletePointAt: NOW - 2 * DAY - 1 }), ['error rpo-breached:set:set-1']],
  ['a set without a limit', withSet({ newestCompletePointAt: NOW - 80 * DAY, rpoHours: null }), []],
  ['an old point of a set that is off', withSet({ newestCompletePointAt: NOW - 80 * DAY, isEnabled: false }), []],
  ['a new set in its first window', withSet({ newestCompletePointAt: null, lastRun: null, createdAt: NOW - DAY }), []],
  [
    'a set never backed up after it',
    withSet({ newestCompletePointAt: null, lastRun: null, createdAt: NOW - DAY - 1 }),
    ['error rpo-breached:set:set-1'],
  ],
  ['a point from the future', withSet({ newestCompletePointAt: NOW + DAY }), []],
  ['points verified two days late', withSet({ lastVerifiedAt: NOW - 32 * DAY }), []],
  ['points verified later', withSet({ lastVerifiedAt: NOW - 32 * DAY - 1 }), ['warning not-verified:set:set-1']],
  ['points never verified', withSet({ lastVerifiedAt: null }), ['warning not-verified:set:set-1']],
  ['points of a new set', withSet({ lastVerifiedAt: null, createdAt: NOW - 20 * DAY }), []],
  ['points that need not be', withSet({ lastVerifiedAt: null, verifyEveryDays: null }), []],
  ['a restore that failed', withRestores(restore('failed')), ['error restore-failed:run:run-1']],
  ['a restore that was interrupted', withRestores(restore('interrupted')), ['error restore-failed:run:run-1']],
  ['a restore that lost files', withRestores(restore('warning')), ['warning restore-incomplete:run:run-1']],
  ['a restore that somebody cancelled', withRestores(restore('cancelled')), []],
  ['a restore that failed a week ago', withRestores(restore('failed', { endedAt: NOW - 7 * DAY - 1 })), []],
  [
    'a restore that was done again since',
    withRestores(restore('failed'), restore('succeeded', { id: 'run-2', endedAt: NOW })),
    [],
  ],
  [
    'a restore that succeeded before it failed',
    withRestores(restore('failed'), restore('succeeded', { id: 'run-2', endedAt: NOW - 2 * HOUR })),
    ['error restore-failed:run:run-1'],
  ],
  [
    'a restore that failed, and another of something else',
    withRestores(restore('failed'), restore('succeeded', { id: 'run-2', endedAt: NOW, what: 'other' })),
    ['error restore-failed:run:run-1'],
  ],
  [
    'a data folder on a disk that is nearly full',
    calmFacts({ dataFolder: { path: '/var/lib/holdfast', bytesFree: 99, bytesTotal: 1000 } }),
    ['warning disk-nearly-full:appliance:data-folder'],
  ],
  [
    'a data folder on a disk that is full',
    calmFacts({ dataFolder: { path: '/var/lib/holdfast', bytesFree: 10, bytesTotal: 1000 } }),
    ['error disk-nearly-full:appliance:data-folder'],
  ],
  ['a data folder of which nobody knows', calmFacts({ dataFolder: null }), []],
  [
    'a verification that lost files',
    withVault({ lastCheck: { runId: 'v', foundBy: 'verify', endedAt: NOW, damages: 2, needsReading: true } }),
    ['error damage-found:vault:vault-1'],
  ],
  ['a vault that is away', withVault({ state: 'unreachable' }), ['error vault-unreachable:vault:vault-1']],
  [
    'a check with damage',
    withVault({ lastCheck: { runId: 'c', foundBy: 'check', endedAt: NOW, damages: 2, needsReading: false } }),
    ['error damage-found:vault:vault-1'],
  ],
  [
    'a check with damage that itself ended so',
    withVault({
      lastCheck: { runId: 'c', foundBy: 'check', endedAt: NOW, damages: 2, needsReading: false },
      lastRuns: [{ ...endedRun('failed', { id: 'c' }), kind: 'check' }],
    }),
    ['error damage-found:vault:vault-1'],
  ],
  [
    'damage in a vault that is away',
    withVault({
      state: 'unreachable',
      lastCheck: { runId: 'c', foundBy: 'check', endedAt: NOW, damages: 2, needsReading: false },
    }),
    ['error vault-unreachable:vault:vault-1', 'error damage-found:vault:vault-1'],
  ],
  ['a vault that is damaged', withVault({ state: 'damaged' }), ['error damage-found:vault:vault-1']],
  ['a cache whose disk is gone', withCache({ problem: 'it is not there' }), ['error cache-unusable:vault:vault-1']],
  [
    'a cache of which a file was healed',
    withCache({ damage: { ...NO_DAMAGE, healed: 1 } }),
    ['warning cache-damaged:vault:vault-1'],
  ],
  [
    'a cache of which a file is lost',
    withCache({ damage: { ...NO_DAMAGE, healed: 1, lasting: 1 } }),
    ['error cache-damaged:vault:vault-1'],
  ],
  ['an agent within its hours', withAgent({ snapshotAt: NOW - 48 * HOUR }), []],
  [
    'an agent that is late',
    withAgent({ snapshotAt: NOW - 48 * HOUR - 1 }),
    ['warning agent-overdue:vault:vault-1:agent-1'],
  ],
  [
    'an agent that never came',
    withAgent({ snapshotAt: null, createdAt: NOW - 48 * HOUR - 1 }),
    ['error agent-overdue:vault:vault-1:agent-1'],
  ],
  ['an agent of which nobody wants to know', withAgent({ snapshotAt: null, overdueHours: null }), []],
  ['a cache that waits over a weekend', withCache({ waitingSince: NOW - 3 * DAY }), []],
  [
    'a cache whose data waits for longer',
    withCache({ waitingSince: NOW - 3 * DAY - 1 }),
    ['warning cache-behind:vault:vault-1'],
  ],
  [
    'a sync that failed',
    withVault({ lastRuns: [{ ...endedRun('failed'), kind: 'sync' }] }),
    ['error run-failed:vault:vault-1:sync'],
  ],
  ['just enough room', withVault({ bytesFree: 100 }), []],
  ['too little room', withVault({ bytesFree: 99 }), ['warning disk-nearly-full:vault:vault-1']],
  ['nearly no room', withVault({ bytesFree: 19 }), ['error disk-nearly-full:vault:vault-1']],
  ['room that nobody knows of', withVault({ bytesFree: null }), []],
  ['a vault without a kit', withVault({ kitExportedAt: null }), ['warning kit-not-exported:vault:vault-1']],
  ['a vault of this hour without a kit', withVault({ kitExportedAt: null, createdAt: NOW - HOUR }), []],
  ['a prune that failed', withVault({ lastRuns: [prune] }), ['error run-failed:vault:vault-1:prune']],
  [
    'a run that waits for a person',
    calmFacts({ unconfirmed: [stopped] }),
    ['warning needs-confirmation:set:set-1:forget:vault-1'],
  ],
  [
    'the same run of two nights',
    calmFacts({ unconfirmed: [stopped, { ...stopped, id: 'run-8' }] }),
    ['warning needs-confirmation:set:set-1:forget:vault-1'],
  ],
  ['a catalog backed up two days ago', calmFacts({ catalogBackedUpAt: NOW - 2 * DAY }), []],
  [
    'an older one',
    calmFacts({ catalogBackedUpAt: NOW - 2 * DAY - 1 }),
    ['warning catalog-not-backed-up:appliance:appliance'],
  ],
  [
    'a catalog never backed up',
    calmFacts({ catalogBackedUpAt: null }),
    ['warning catalog-not-backed-up:appliance:appliance'],
  ],
  [
    'a channel that does not deliver',
    calmFacts({ deliveryProblems: [{ channel: 'mail', since: NOW, error: 'refused' }] }),
    ['error delivery-failed:appliance:mail'],
  ],
])('of %s', (_, facts, expected) => {
  expect(told(facts)).toEqual(expected)
})

describe('what was open', () => {
  it('a failure lasts through runs that say nothing, in its own words, and ends with one that succeeds', () => {
    const open = openAfter(withSet({ lastRun: endedRun('failed') }))
    for (const state of ['cancelled', 'skipped'] as const)
      expect(wantedAlerts({ ...withSet({ lastRun: endedRun(state, { cause: 'other' }) }), open }, NOW)).toMatchObject([
        { key: 'run-failed:set:set-1', message: open[0]?.message, occurrence: 'run-1' },
      ])
    expect(told({ ...calmFacts(), open })).toEqual([])
  })

  it.each([
    [99, 'warning'],
    [119, 'warning'],
    [120, undefined],
  ] as const)('a disk with %i of 1000 free after it was nearly full: %s', (bytesFree, severity) => {
    const open = openAfter(withVault({ bytesFree: 99 }))
    expect(wantedAlerts({ ...withVault({ bytesFree }), open }, NOW).at(0)?.severity).toBe(severity)
  })

  it.each([
    [39, 'error'],
    [40, 'warning'],
  ] as const)('a disk with %i of 1000 free after there was nearly none: %s', (bytesFree, severity) => {
    const open = openAfter(withVault({ bytesFree: 19 }))
    expect(wantedAlerts({ ...withVault({ bytesFree }), open }, NOW).at(0)?.severity).toBe(severity)
  })

  it('a full disk stays so while its vault is away', () => {
    const open = openAfter(withVault({ bytesFree: 99 }))
    expect(told({ ...withVault({ bytesFree: null, bytesTotal: null }), open })).toEqual([
      'warning disk-nearly-full:vault:vault-1',
    ])
  })
})

describe('what they say', () => {
  it('a failed backup: what, why, whether data is safe, and what the run advises', () => {
    const [alert] = wantedAlerts(withSet({ lastRun: endedRun('failed', { remedy: 'Mount it' }) }), NOW)
    expect(alert).toMatchObject({
      message:
        'Backup of "Finance" failed: The share cannot be read. Earlier recovery points were not touched; the newest complete one is of 2026-11-22 11:00 (UTC).',
      remedy: 'Mount it.',
    })
  })

  it('of a set without a complete point nobody says that it is safe', () => {
    const facts = withSet({ lastRun: endedRun('failed'), newestCompletePointAt: null, rpoHours: null })
    expect(wantedAlerts(facts, NOW)[0]?.message).toMatch(/it is not protected/)
  })

  it('moments are those of the appliance, and UTC where it names no zone', () => {
    const facts = withSet({ newestCompletePointAt: NOW - 25 * HOUR })
    const messageIn = (timeZone: string): string | undefined =>
      wantedAlerts({ ...facts, settings: { ...facts.settings, timeZone } }, NOW)[0]?.message
    expect(messageIn('Asia/Kolkata')).toContain('2026-11-21 16:30 (Asia/Kolkata)')
    expect(messageIn('Moon/Sea')).toContain('2026-11-21 11:00 (UTC)')
  })

  it('a name cannot pretend to be lines of ours', () => {
    const facts = withSet({ name: 'A\r\nBcc: x\u2028y\u202Ez', lastRun: endedRun('failed') })
    expect(wantedAlerts(facts, NOW)[0]?.message).toContain('Backup of "A Bcc: x yz" failed')
  })
})

it('what could not be read in a vault stays told of while the vault is away, and until all of it was read again', () => {
  const vault = { problem: '1 snapshot file cannot be read' }
  const open = openAfter(withVault({ ...vault, state: 'damaged' }))
  expect(open).toMatchObject([{ message: expect.stringContaining('is damaged: 1 snapshot file') as string }])
  const away = 'error vault-unreachable:vault:vault-1'
  expect(told({ ...withVault({ state: 'unreachable' }), open })).toEqual([away, 'error damage-found:vault:vault-1'])
  expect(told({ ...withVault({ state: 'ready' }), open })).toEqual([])
})

it('what a check found is over when a later one finds nothing, also where the vault is away since', () => {
  const open = openAfter(
    withVault({ lastCheck: { runId: 'c', foundBy: 'check', endedAt: NOW, damages: 2, needsReading: false } }),
  )
  expect(open).toHaveLength(1)
  expect(told({ ...withVault({ state: 'ready' }), open })).toEqual([])
  expect(told({ ...withVault({ state: 'unreachable' }), open })).toEqual(['error vault-unreachable:vault:vault-1'])
})
