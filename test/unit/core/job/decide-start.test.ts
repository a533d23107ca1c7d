import { array, assert, constantFrom, integer, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  compareQueued,
  decideStart,
  type ExecutorDown,
  type QueuedRun,
  type QueueSituation,
} from '../../../../core/job/index.ts'

const NOW = Date.UTC(2026, 10, 22, 12)
const HOUR = 3_600_000

let count = 0
function run(of: Partial<QueuedRun> = {}): QueuedRun {
  const id = `run-${String(++count).padStart(6, '0')}`
  return {
    id,
    kind: 'backup',
    state: 'queued',
    trigger: 'schedule',
    setId: `set-of-${id}`,
    sourceId: `source-of-${id}`,
    vaultId: 'vault',
    attempt: 0,
    queuedAt: NOW,
    notBefore: null,
    expiresAt: null,
    ...of,
  }
}

function decide(queued: QueuedRun, situation: Partial<QueueSituation> = {}): string {
  const decision = decideStart(queued, {
    now: NOW,
    limits: { mostRuns: 10, mostRunsPerSource: 10, mostRunsPerVault: 10 },
    active: [],
    ahead: [],
    unsettledSets: new Set(),
    windowOpens: undefined,
    executorDown: undefined,
    ...situation,
  })
  return decision.action === 'begin' ? 'begin' : `${decision.action}: ${decision.cause.code}`
}

const maintenance = (kind: string, of: Partial<QueuedRun> = {}): QueuedRun =>
  run({ kind, trigger: 'system', setId: null, sourceId: null, ...of })

const down = (action: 'hold' | 'skip' | 'refuse' | 'expire'): ExecutorDown => ({
  action,
  cause: { code: 'away', text: 'It is away.' },
})

describe('a run that is queued', () => {
  it('begins where nothing is in its way', () => {
    expect(decide(run())).toBe('begin')
  })

  it('waits where as many go on as may: in total, of its source, on its vault', () => {
    const others = [run({ vaultId: 'other' }), run({ vaultId: 'third' })]
    const limits = { mostRuns: 2, mostRunsPerSource: 1, mostRunsPerVault: 1 }
    expect(decide(run(), { limits, active: others })).toBe('hold: limit')
    expect(decide(run(), { limits, active: others.slice(1) })).toBe('begin')
    const sameSource = run({ sourceId: 'nas', vaultId: 'other' })
    expect(decide(run({ sourceId: 'nas' }), { limits, active: [sameSource] })).toBe('hold: limit-source')
    expect(decide(run(), { limits, active: [run()] })).toBe('hold: limit-vault')
    // What has no source is of no source's number.
    const unlimited = { ...limits, mostRunsPerVault: 9 }
    expect(decide(maintenance('check'), { limits: unlimited, active: [maintenance('verify')] })).toBe('begin')
  })

  it('waits for the one before it of the same backup set, and for one that does the same to the vault', () => {
    expect(decide(run({ setId: 'home' }), { active: [run({ setId: 'home' })] })).toBe('hold: same-set')
    const restore = (): QueuedRun => run({ setId: 'home', kind: 'restore' })
    expect(decide(restore(), { active: [restore()] })).toBe('begin')
    expect(decide(run({ setId: 'home', kind: 'verify' }), { active: [run({ setId: 'home' })] })).toBe('begin')
    for (const kind of ['check', 'catalog-backup', 'verify']) {
      expect(decide(maintenance(kind), { active: [maintenance(kind)] })).toBe('hold: same-kind')
      expect(decide(maintenance(kind), { active: [maintenance(kind, { vaultId: 'other' })] })).toBe('begin')
    }
  })

  it('begins beside a restore only if it was there first: a backup waits for restores of its source (GEN-19, GEN-20)', () => {
    const restore = run({ kind: 'restore', trigger: 'manual', sourceId: 'nas' })
    expect(decide(run({ sourceId: 'nas', trigger: 'manual' }), { active: [restore] })).toBe('hold: restore')
    expect(decide(run({ sourceId: 'other' }), { active: [restore] })).toBe('begin')
    expect(decide(run({ sourceId: 'nas', kind: 'verify' }), { active: [restore] })).toBe('begin')
  })

  it('never waits for a backup, nor for any limit, if it is a restore (GEN-19)', () => {
    const restore = run({ kind: 'restore', trigger: 'manual', sourceId: 'nas' })
    const limits = { mostRuns: 1, mostRunsPerSource: 1, mostRunsPerVault: 1 }
    expect(decide(restore, { limits, active: [run({ sourceId: 'nas' })] })).toBe('begin')
    expect(decide(restore, { limits, active: [run({ sourceId: 'nas' })], ahead: [maintenance('prune')] })).toBe('begin')
    expect(decide(restore, { active: [maintenance('prune')] })).toBe('hold: limit-vault')
  })

  it('waits for other restores only where as many go on as one computer has memory for', () => {
    const limits = { mostRuns: 1, mostRunsPerSource: 1, mostRunsPerVault: 1 }
    const restores = Array.from({ length: 8 }, (_, index) => run({ id: `r${index}`, kind: 'restore', setId: 'other' }))
    const restore = run({ kind: 'restore', trigger: 'manual' })
    expect(decide(restore, { limits, active: [...restores.slice(1), run()] })).toBe('begin')
    expect(decide(restore, { limits, active: restores })).toBe('hold: limit-restores')
    // Nobody else waits for that reason.
    expect(decide(restore, { active: [], ahead: restores })).toBe('begin')
  })

  it('expires only after its last moment, and only before it has ever begun (FS-4)', () => {
    const waiting = run({ expiresAt: NOW })
    expect(decide(waiting)).toBe('begin')
    expect(decide(waiting, { now: NOW + 1 })).toBe('expire: expired')
    expect(decide(run({ expiresAt: NOW, attempt: 1 }), { now: NOW + HOUR })).toBe('begin')
  })

  it('waits for its next attempt, and for the window of its policy', () => {
    expect(decide(run({ notBefore: NOW + 1, attempt: 1 }))).toBe('hold: retry')
    expect(decide(run({ notBefore: NOW, attempt: 1 }))).toBe('begin')
    expect(decide(run(), { windowOpens: NOW + HOUR })).toBe('hold: window')
  })

  it('does what the table says while its executor is away, and waits for it once it had begun', () => {
    for (const action of ['hold', 'skip', 'refuse', 'expire'] as const) {
      expect(decide(run(), { executorDown: down(action) })).toBe(`${action}: away`)
      expect(decide(run({ attempt: 1 }), { executorDown: down(action) })).toBe('hold: away')
    }
    // It has expired, whatever else would become of it.
    expect(decide(run({ expiresAt: NOW - 1 }), { executorDown: down('skip') })).toBe('expire: expired')
  })

  it('begins elsewhere where another executor takes over, and waits for all else as any other (NAS-5, NAS-6)', () => {
    const move = { action: 'move', to: 'other', cause: { code: 'moved', text: 'Another takes over.' } } as const
    const situation = {
      now: NOW,
      limits: { mostRuns: 10, mostRunsPerSource: 10, mostRunsPerVault: 10 },
      active: [],
      ahead: [],
      unsettledSets: new Set<string>(),
      windowOpens: undefined,
      executorDown: move,
    }
    for (const attempt of [0, 1]) expect(decideStart(run({ attempt }), situation)).toEqual({ action: 'begin', move })
    expect(decide(run(), { executorDown: move, windowOpens: NOW + HOUR })).toBe('hold: window')
    expect(decide(run({ setId: 'home' }), { executorDown: move, unsettledSets: new Set(['home']) })).toBe(
      'hold: unsettled',
    )
    const limits = { mostRuns: 1, mostRunsPerSource: 1, mostRunsPerVault: 1 }
    expect(decide(run(), { executorDown: move, limits, active: [run({ vaultId: 'other' })] })).toBe('hold: limit')
  })

  it('waits until it is known what became of the backup before it, and only if it is one of the same set', () => {
    const unsettledSets = new Set(['home'])
    expect(decide(run({ setId: 'home' }), { unsettledSets })).toBe('hold: unsettled')
    expect(decide(run({ setId: 'photos' }), { unsettledSets })).toBe('begin')
    expect(decide(run({ setId: 'home', kind: 'restore' }), { unsettledSets })).toBe('begin')
  })
})

describe('a run that wants a vault for itself', () => {
  it('has it for itself', () => {
    for (const kind of ['forget', 'prune']) {
      expect(decide(maintenance(kind), { active: [run()] })).toBe('hold: exclusive')
      expect(decide(maintenance(kind), { active: [run({ vaultId: 'other' })] })).toBe('begin')
      expect(decide(run(), { active: [maintenance(kind)] })).toBe('hold: limit-vault')
      expect(decide(run({ trigger: 'manual' }), { active: [maintenance(kind)] })).toBe('hold: limit-vault')
    }
  })

  it('is not kept from it by what comes after it', () => {
    const ahead = [maintenance('prune')]
    expect(decide(maintenance('check'), { active: [run()], ahead })).toBe('hold: limit-vault')
    expect(decide(run(), { active: [run()], ahead })).toBe('hold: limit-vault')
    expect(decide(run({ trigger: 'manual' }), { active: [run()], ahead })).toBe('hold: limit-vault')
    expect(decide(run({ vaultId: 'other' }), { active: [run()], ahead })).toBe('begin')
  })

  it('lets backups pass while a check or a verification goes on, which may take days', () => {
    const ahead = [maintenance('forget')]
    for (const kind of ['check', 'verify']) {
      expect(decide(run(), { active: [maintenance(kind)], ahead })).toBe('begin')
      // Another long one would keep it waiting for ever.
      expect(decide(maintenance('catalog-backup'), { active: [maintenance(kind)], ahead })).toBe('hold: limit-vault')
    }
  })

  it('claims nothing while it waits for something else', () => {
    const waits: [Partial<QueuedRun>, Partial<QueueSituation>][] = [
      [{ notBefore: NOW + HOUR }, {}],
      [{}, { windowOpens: NOW + HOUR }],
      [{}, { executorDown: { action: 'hold', cause: { code: 'away', text: 'It is away.' } } }],
    ]
    const situation = (more: Partial<QueueSituation>): QueueSituation => ({
      now: NOW,
      limits: { mostRuns: 9, mostRunsPerSource: 9, mostRunsPerVault: 9 },
      active: [run()],
      ahead: [],
      unsettledSets: new Set(),
      windowOpens: undefined,
      executorDown: undefined,
      ...more,
    })
    for (const [of, more] of waits) {
      const decision = decideStart(maintenance('prune', of), situation(more))
      expect(decision).toMatchObject({ action: 'hold' })
      expect(decision).not.toMatchObject({ isReady: true })
    }
    expect(decideStart(maintenance('prune'), situation({}))).toMatchObject({ action: 'hold', isReady: true })
  })
})

function order(runs: readonly QueuedRun[], now = NOW): string[] {
  return runs.toSorted((a, b) => compareQueued(a, b, now)).map(({ id }) => id)
}

describe('the queue', () => {
  it('has what a person asked for first, then what the schedule did, then what the appliance does by itself', () => {
    const system = run({ id: 'system', trigger: 'system', queuedAt: NOW - 3 })
    const scheduled = run({ id: 'scheduled', queuedAt: NOW - 2 })
    const manual = run({ id: 'manual', trigger: 'manual', queuedAt: NOW - 1 })
    const later = run({ id: 'later', trigger: 'manual', queuedAt: NOW })
    expect(order([system, scheduled, later, manual])).toEqual(['manual', 'later', 'scheduled', 'system'])
  })

  it('lets nobody wait for ever: who waited for six hours comes before whoever came later', () => {
    const prune = maintenance('prune', { id: 'prune', queuedAt: NOW - 6 * HOUR })
    const manual = run({ id: 'manual', trigger: 'manual', queuedAt: NOW - HOUR })
    expect(order([manual, prune])).toEqual(['prune', 'manual'])
    expect(order([manual, prune], NOW - 1)).toEqual(['manual', 'prune'])
  })

  it('is an order: the same for the same runs, however they come', () => {
    const anyRun = record({
      trigger: constantFrom('manual', 'schedule', 'system'),
      queuedAt: integer({ min: NOW - 12 * HOUR, max: NOW + HOUR }),
    })
    assert(
      property(array(anyRun, { maxLength: 8 }), (drawn) => {
        const runs = drawn.map((of) => run(of as Partial<QueuedRun>))
        expect(order(runs.toReversed())).toEqual(order(runs))
      }),
    )
  })

  it('gets a prune its turn, though backups come all the time, by hand and by the schedule', () => {
    // Backups of half an hour, one of which comes every ten minutes; a prune is asked for at the beginning.
    const limits = { mostRuns: 4, mostRunsPerSource: 4, mostRunsPerVault: 4 }
    let queue: QueuedRun[] = [maintenance('prune', { id: 'prune', queuedAt: NOW })]
    let active: { readonly of: QueuedRun; readonly until: number }[] = []
    for (let now = NOW; now < NOW + 24 * HOUR; now += HOUR / 6) {
      const trigger = (now / (HOUR / 6)) % 3 === 0 ? 'schedule' : 'manual'
      queue.push(run({ trigger, queuedAt: now }))
      active = active.filter(({ until }) => until > now)
      const ahead: QueuedRun[] = []
      for (const next of queue.toSorted((a, b) => compareQueued(a, b, now))) {
        const decision = decideStart(next, {
          now,
          limits,
          active: active.map(({ of }) => of),
          ahead,
          unsettledSets: new Set(),
          windowOpens: undefined,
          executorDown: undefined,
        })
        if (decision.action === 'begin') {
          if (next.id === 'prune') return expect((now - NOW) / HOUR).toBeLessThanOrEqual(7)
          active.push({ of: next, until: now + HOUR / 2 })
          queue = queue.filter((each) => each !== next)
        } else if (decision.isReady) ahead.push(next)
      }
    }
    return expect.unreachable('the prune waits still')
  })
})
