import { afterEach, describe, expect, it } from 'vitest'

import { CAUSES } from '../../../../core/job/index.ts'
import { type EngineScene, openEngineScene, passing, type SceneOptions } from '../../../support/engine-scene.ts'
import { createFakeExecutor, type FakeExecutor } from '../../../support/fake-executor.ts'
import { madePoint } from '../../../support/made-point.ts'

const HOUR = 60 * 60_000
const DAY = 24 * HOUR

let scene: EngineScene
let assigned: FakeExecutor
let other: FakeExecutor

/** The appliance's own proxy, which the test has stopped, and another one of its pool, which is connected. */
async function open(assignedVersion: string, otherVersion: string, options: SceneOptions = {}): Promise<void> {
  assigned = createFakeExecutor({ id: 'assigned', version: assignedVersion })
  other = createFakeExecutor({ id: 'other', version: otherVersion })
  scene = await openEngineScene({ workload: 'nas', executor: assigned, others: [other], ...options })
  assigned.connect(false)
}

afterEach(async () => {
  await scene[Symbol.asyncDispose]()
})

const scheduled = { trigger: 'schedule', cause: CAUSES.scheduled, requestedBy: null } as const

async function skipped(scheduledFor: number): Promise<void> {
  const run = await scene.request({ ...scheduled, scheduledFor })
  await scene.until(run.id, 'skipped', 'executor-down/skipped')
}

async function skips(): Promise<number> {
  return (await scene.set()).skips
}

describe('a NAS proxy before 7.0.0 that the test stops', () => {
  it('has a backup by hand wait, and begins it when it is started within 24 hours, to the millisecond (NAS-2)', async () => {
    await open('6.9.9', '7.1.0')
    const run = await scene.request()
    expect((await scene.until(run.id, 'waiting')).cause_code).toBe('executor-down/waits')
    scene.clock.pass(DAY)
    await scene.settle()
    expect((await scene.run(run.id)).state).toBe('waiting')
    assigned.connect(true)
    ;(await scene.task(1)).done({ point: madePoint })
    await scene.until(run.id, 'succeeded')
    // An old one hands nothing over.
    expect(other.tasks).toHaveLength(0)
  })

  it.each([1, 1000])(
    'has it expired %d ms after them, and begins it not even when it is started then (NAS-3)',
    async (late) => {
      await open('6.9.9', '7.1.0')
      const run = await scene.request()
      await scene.until(run.id, 'waiting')
      scene.clock.pass(DAY + late)
      expect(await scene.until(run.id, 'expired')).toMatchObject({ cause_code: 'executor-down/expired', attempt: 0 })
      assigned.connect(true)
      await scene.settle()
      expect(assigned.tasks).toHaveLength(0)
    },
  )

  it('has each scheduled one skipped, however many there were (NAS-4)', async () => {
    await open('6.9.9', '7.1.0')
    for (const time of [1, 2, 3, 4, 5]) {
      await skipped(time)
      expect(await skips()).toBe(time)
    }
    expect(other.tasks).toHaveLength(0)
  })
})

describe('a NAS proxy of a pool that balances load, which the test stops', () => {
  it('has a backup by hand carried out at once by another connected one (NAS-5)', async () => {
    await open('7.0.2', '7.0.2')
    const run = await scene.request()
    while (other.tasks.length === 0) await scene.settle()
    expect(await scene.run(run.id)).toMatchObject({
      state: 'running',
      executor: 'other',
      cause_code: 'executor-down/moved',
      cause_text: 'The proxy is not running. Another proxy of its pool takes over.',
    })
    other.tasks[0]?.done({ point: madePoint })
    await scene.until(run.id, 'succeeded')
    expect(assigned.tasks).toHaveLength(0)
  })

  it('has it wait where none is connected, and carried out by whichever comes first (NAS-5)', async () => {
    for (const first of ['other', 'assigned'] as const) {
      await open('7.0.2', '7.0.2')
      other.connect(false)
      const run = await scene.request()
      await scene.until(run.id, 'waiting', 'executor-down/waits')
      const comes = first === 'other' ? other : assigned
      comes.connect(true)
      while (comes.tasks.length === 0) await scene.settle()
      comes.tasks[0]?.done({ point: madePoint })
      expect((await scene.until(run.id, 'succeeded')).executor).toBe(first)
      if (first === 'other') await scene[Symbol.asyncDispose]()
    }
  })

  it.each([
    [3, {}],
    [1, { skipsBeforeMove: 1 }],
  ])('has %d scheduled ones skipped, and the next carried out by another one (NAS-6)', async (few, policy) => {
    await open('7.0.2', '7.1.0', { policy })
    for (let time = 1; time <= few; time++) {
      await skipped(time)
      expect(await skips()).toBe(time)
    }
    expect(other.tasks).toHaveLength(0)
    const run = await scene.request({ ...scheduled, scheduledFor: few + 1 })
    while (other.tasks.length === 0) await scene.settle()
    other.tasks[0]?.done({ point: madePoint })
    await scene.until(run.id, 'succeeded')
    // It is still away: the one after that moves at once.
    expect(await skips()).toBe(few)
    await scene.request({ ...scheduled, scheduledFor: few + 2 })
    while (other.tasks.length === 1) await scene.settle()
  })

  it('counts anew once a run succeeded on itself, and not before (NAS-7)', async () => {
    await open('7.0.2', '7.0.2')
    for (const time of [1, 2]) await skipped(time)
    assigned.connect(true)
    const failed = await scene.request({ ...scheduled, scheduledFor: 3, mostAttempts: 1 })
    ;(await scene.task(1)).fail(passing())
    await scene.until(failed.id, 'failed')
    expect(await skips()).toBe(2)
    const run = await scene.request({ ...scheduled, scheduledFor: 4 })
    ;(await scene.task(2)).done({ point: madePoint })
    await scene.until(run.id, 'succeeded')
    expect(await skips()).toBe(0)
    assigned.connect(false)
    for (const time of [5, 6, 7]) await skipped(time)
    expect(other.tasks).toHaveLength(0)
  })

  it('has another attempt carried out elsewhere where it goes away in between', async () => {
    await open('7.0.2', '7.0.2')
    assigned.connect(true)
    const run = await scene.request()
    ;(await scene.task(1)).fail(passing())
    await scene.until(run.id, 'waiting', 'retry')
    assigned.connect(false)
    scene.clock.pass(HOUR)
    while (other.tasks.length === 0) await scene.settle()
    other.tasks[0]?.done({ point: madePoint })
    expect(await scene.until(run.id, 'succeeded')).toMatchObject({ attempt: 2, executor: 'other' })
  })
})

describe('a NAS proxy of a pool that does not balance load, which the test stops', () => {
  // NAS-8: any proxy before 7.0.2; NAS-9: those that know pools beside those that do not; NAS-11: this rule wins.
  it.each([
    ['7.0.0', '7.0.2', 'NAS-10, NAS-11'],
    ['7.0.1', '7.0.2', 'NAS-10, NAS-11'],
    ['7.0.2', '7.0.1', 'NAS-8, NAS-9'],
    ['7.0.2', '6.9.9', 'NAS-8, NAS-9'],
    ['7.0.1', '7.0.1', 'NAS-8'],
  ])('of %s beside %s: by hand it fails at once, scheduled it is skipped for ever (%s)', async (mine, its) => {
    await open(mine, its)
    const run = await scene.request()
    expect(await scene.until(run.id, 'failed')).toMatchObject({ cause_code: 'executor-down/not-balanced', attempt: 0 })
    for (const time of [1, 2, 3, 4, 5]) await skipped(time)
    expect(other.tasks).toHaveLength(0)
  })
})
