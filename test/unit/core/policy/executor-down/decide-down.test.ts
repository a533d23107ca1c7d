import { describe, expect, it } from 'vitest'

import {
  decideDown,
  DOWN_TABLE,
  type DownDecision,
  type DownOutcome,
  type DownRequest,
  nextSkips,
  type PoolMember,
  type Workload,
} from '../../../../../core/policy/index.ts'

const HOUR = 3_600_000
const SINCE = Date.parse('2026-11-22T12:00:00Z')
const REQUEST: DownRequest = {
  workload: 'nas',
  work: 'backup',
  trigger: 'manual',
  proxyVersion: '7.0.2',
  pool: [],
  skipsInARow: 0,
  skipsBeforeMove: 3,
  waitingSince: SINCE,
  now: SINCE,
}

/** The assigned proxy, which is down, and others of these versions; `!` is not connected. */
function poolOf(assigned: string, ...others: string[]): Partial<DownRequest> {
  const members = others.map((version, at): PoolMember => {
    return { id: `other-${at}`, version: version.replace('!', ''), isConnected: !version.endsWith('!') }
  })
  return { proxyVersion: assigned, pool: [{ id: 'assigned', version: assigned, isConnected: false }, ...members] }
}
function decide(change: Partial<DownRequest>): Omit<DownDecision, 'cause' | 'row'> {
  const { cause, row, ...decision } = decideDown({ ...REQUEST, ...change })
  // Each outcome comes with a reason that a person can read.
  expect(cause.code).toMatch(/^executor-down\//)
  expect(cause.text).toMatch(/\.$/)
  expect(row.workload).toBe(change.workload ?? REQUEST.workload)
  return decision
}

describe('an agent that is down', () => {
  it.each<[string, Workload, DownRequest['work'], DownRequest['trigger'], DownOutcome]>([
    ['FS-3', 'file-server-windows', 'backup', 'manual', 'fail'],
    ['FS-4', 'file-server-windows', 'backup', 'schedule', 'wait'],
    ['FS-12', 'file-server-linux', 'backup', 'manual', 'wait'],
    ['FS-13', 'file-server-linux', 'backup', 'schedule', 'skip'],
    ['FS-13, as nobody waits for it', 'file-server-linux', 'backup', 'system', 'skip'],
    ['FS-21', 'file-server-windows', 'restore', 'manual', 'wait'],
    ['FS-21', 'file-server-linux', 'restore', 'manual', 'wait'],
    ['NAS-22', 'nas', 'restore', 'manual', 'wait'],
    ['SQL-3', 'sql-server', 'backup', 'manual', 'wait'],
    ['SQL-3, SQL-18', 'sql-server', 'backup', 'schedule', 'wait'],
    ['SQL-49', 'sql-server', 'restore', 'manual', 'wait'],
    ['ORA-10', 'oracle', 'backup', 'schedule', 'wait'],
    ['ORA-10', 'oracle', 'restore', 'manual', 'wait'],
    ['VMW-3', 'vmware', 'backup', 'schedule', 'wait'],
    ['VMW-16', 'vmware', 'restore', 'manual', 'wait'],
    ['HV-1', 'hyper-v', 'backup', 'schedule', 'wait'],
    ['HV-8', 'hyper-v', 'restore', 'manual', 'wait'],
  ])('%s: %s, %s, %s: %s', (_, workload, work, trigger, outcome) => {
    expect(decide({ workload, work, trigger })).toEqual({ outcome })
  })

  it('FS-4: a scheduled backup waits until it expires, and no longer', () => {
    const request = { workload: 'file-server-windows', trigger: 'schedule', expiresAt: SINCE + HOUR } as const
    expect(decide({ ...request, now: SINCE + HOUR })).toEqual({ outcome: 'wait', until: SINCE + HOUR })
    expect(decide({ ...request, now: SINCE + HOUR + 1 })).toEqual({ outcome: 'expire' })
  })

  it('VMW-2: another proxy of the pool takes over, as load balancing picks one anyway', () => {
    for (const work of ['backup', 'restore'] as const)
      expect(decide({ workload: 'vmware', work, ...poolOf('6.0.0', '6.0.0') })).toEqual({
        outcome: 'move',
        to: 'other-0',
      })
  })
})

describe('a NAS proxy that is down', () => {
  it('NAS-2, NAS-3: before 7.0.0, backup now waits for 24 hours', () => {
    const old = poolOf('6.9.9', '7.0.2')
    const until = SINCE + 24 * HOUR
    expect(decide({ ...old })).toEqual({ outcome: 'wait', until })
    expect(decide({ ...old, now: until })).toEqual({ outcome: 'wait', until })
    expect(decide({ ...old, now: until + 1 })).toEqual({ outcome: 'expire' })
    expect(decide({ ...old, now: until + 1000 })).toEqual({ outcome: 'expire' })
    expect(decide({ ...old, expiresAt: SINCE + HOUR })).toEqual({ outcome: 'wait', until: SINCE + HOUR })
  })

  it.each<[string, DownRequest['trigger'], Partial<DownRequest>, object]>([
    ['NAS-4: before 7.0.0, scheduled', 'schedule', poolOf('6.9.9', '7.0.2'), { outcome: 'skip' }],
    ['NAS-4: however often', 'schedule', { ...poolOf('6.9.9', '6.9.9'), skipsInARow: 9 }, { outcome: 'skip' }],
    ['NAS-5: from 7.0.2, now', 'manual', poolOf('7.0.2', '7.0.2!', '7.1.0'), { outcome: 'move', to: 'other-1' }],
    ['NAS-5: numbers, not letters', 'manual', poolOf('7.0.10', '10.0'), { outcome: 'move', to: 'other-0' }],
    [
      'NAS-5: no other is connected',
      'manual',
      poolOf('7.0.2', '7.0.2!'),
      { outcome: 'wait', until: SINCE + 24 * HOUR },
    ],
    ['NAS-8: one is older than 7.0.2', 'manual', poolOf('7.0.2', '7.1.0', '6.0.0'), { outcome: 'fail' }],
    ['NAS-8: though it is not connected', 'manual', poolOf('7.0.2', '7.1.0', '7.0.1!'), { outcome: 'fail' }],
    ['NAS-9: versions are mixed', 'manual', poolOf('7.0.2', '7.0.1'), { outcome: 'fail' }],
    ['NAS-9: one whose version nobody can read', 'manual', poolOf('7.0.2', '7.0.2-beta'), { outcome: 'fail' }],
    ['NAS-10, NAS-11: the assigned one is 7.0.0', 'manual', poolOf('7.0.0', '7.0.2'), { outcome: 'fail' }],
    ['NAS-10, NAS-11: the assigned one is 7.0.1', 'manual', poolOf('7.0.1', '7.0.2'), { outcome: 'fail' }],
    ['NAS-11: 7.0.1, scheduled', 'schedule', { ...poolOf('7.0.1', '7.0.2'), skipsInARow: 9 }, { outcome: 'skip' }],
    ['NAS-8: scheduled', 'schedule', { ...poolOf('7.0.2', '7.0.1'), skipsInARow: 9 }, { outcome: 'skip' }],
    ['NAS-6: no skip yet', 'schedule', poolOf('7.0.2', '7.0.2'), { outcome: 'skip' }],
    ['NAS-6: two skips', 'schedule', { ...poolOf('7.0.2', '7.0.2'), skipsInARow: 2 }, { outcome: 'skip' }],
    [
      'NAS-6: three skips',
      'schedule',
      { ...poolOf('7.0.2', '7.0.2'), skipsInARow: 3 },
      { outcome: 'move', to: 'other-0' },
    ],
    ['NAS-6: three skips, alone', 'schedule', { ...poolOf('7.0.2', '7.0.2!'), skipsInARow: 3 }, { outcome: 'skip' }],
    [
      'NAS-6: as many as are set',
      'schedule',
      { ...poolOf('7.0.2', '7.0.2'), skipsInARow: 1, skipsBeforeMove: 1 },
      { outcome: 'move', to: 'other-0' },
    ],
  ])('%s', (_, trigger, change, decision) => {
    expect(decide({ ...change, trigger })).toEqual(decision)
  })

  it('what has waited for too long is not moved any more', () => {
    const request = { ...poolOf('7.0.2', '7.0.2'), now: SINCE + 24 * HOUR + 1 }
    expect(decide(request)).toEqual({ outcome: 'expire' })
  })

  it('NAS-6: says how many skips are left', () => {
    const scheduled = { ...REQUEST, ...poolOf('7.0.2', '7.0.2'), trigger: 'schedule', skipsInARow: 1 } as const
    expect(decideDown(scheduled).cause.text).toContain('2 of 3')
    const alone = { ...scheduled, ...poolOf('7.0.2', '7.0.2!'), skipsInARow: 3 }
    expect(decideDown(alone).cause.text).toContain('4 in a row')
  })
})

describe('the counter of skips', () => {
  it('NAS-6, NAS-7: a proxy that is down is skipped three times, left out, and counted anew once it has worked', () => {
    let skips = 0
    const outcomes: DownOutcome[] = []
    const night = (): void => {
      const { outcome } = decide({ ...poolOf('7.0.2', '7.0.2'), trigger: 'schedule', skipsInARow: skips })
      outcomes.push(outcome)
      skips = nextSkips(skips, outcome)
    }
    for (let nights = 0; nights < 5; nights++) night()
    expect(outcomes).toEqual(['skip', 'skip', 'skip', 'move', 'move'])
    skips = nextSkips(skips, 'succeeded')
    night()
    expect(outcomes.at(-1)).toBe('skip')
    expect(skips).toBe(1)
  })

  it.each(['fail', 'wait', 'move', 'expire'] as const)('is left alone by %s', (outcome) => {
    expect(nextSkips(2, outcome)).toBe(2)
  })
})

describe('the table', () => {
  const workloads = [...new Set(DOWN_TABLE.map(({ workload }) => workload))]

  it('has one row for each question', () => {
    for (const workload of workloads) {
      for (const work of ['backup', 'restore'] as const) {
        for (const trigger of ['manual', 'schedule'] as const) {
          for (const proxy of ['before-7.0.0', 'balanced', 'unbalanced'] as const) {
            const rows = DOWN_TABLE.filter(
              (row) =>
                row.workload === workload &&
                row.work === work &&
                (row.trigger === 'any' || row.trigger === trigger) &&
                (row.proxy === 'any' || row.proxy === proxy),
            )
            expect(rows, `${workload} ${work} ${trigger} ${proxy}`).toHaveLength(1)
          }
        }
      }
    }
    expect(workloads).toHaveLength(7)
  })

  it('says of each row whether a requirement or we decided it', () => {
    const ours = DOWN_TABLE.filter(({ isOurs }) => isOurs).map(({ workload, work, by }) => `${workload} ${work} ${by}`)
    expect(ours).toEqual([
      'file-server-windows restore FS-21',
      'file-server-linux restore FS-21',
      'nas restore NAS-22',
      'sql-server restore SQL-49',
      'oracle backup ORA-10',
      'oracle restore ORA-10',
      'vmware backup VMW-2, VMW-3',
      'vmware restore VMW-16',
      'hyper-v backup HV-1',
    ])
  })
})
