import { afterEach, describe, expect, it } from 'vitest'

import { CAUSES } from '../../../../core/job/index.ts'
import { type EngineScene, openEngineScene, passing, type SceneOptions } from '../../../support/engine-scene.ts'
import { madePoint } from '../../../support/made-point.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

let scene: EngineScene

async function open(options: SceneOptions = {}): Promise<EngineScene> {
  scene = await openEngineScene(options)
  return scene
}

afterEach(async () => {
  await scene[Symbol.asyncDispose]()
})

const scheduled = { trigger: 'schedule', cause: CAUSES.scheduled, requestedBy: null } as const

describe('an executor that is away', () => {
  it('has a manual backup of a Linux file server wait for it, and go on when it is back (FS-12)', async () => {
    await open({ workload: 'file-server-linux' })
    scene.executor.connect(false)
    const run = await scene.request()
    await scene.until(run.id, 'waiting')
    scene.clock.pass(100 * HOUR)
    await scene.settle()
    expect(scene.executor.tasks).toHaveLength(0)
    scene.executor.connect(true)
    ;(await scene.task(1)).done()
    await scene.until(run.id, 'succeeded')
  })

  it('has a scheduled one skipped, each of which is counted until one succeeds (FS-13, NAS-6, NAS-7)', async () => {
    for (const workload of ['file-server-linux', 'nas'] as const) {
      await open({ workload })
      scene.executor.connect(false)
      for (const skips of [1, 2, 3, 4]) {
        const run = await scene.request({ ...scheduled, scheduledFor: skips })
        expect(await scene.until(run.id, 'skipped')).toMatchObject({ attempt: 0 })
        await scene.settle()
        expect((await scene.set()).skips).toBe(skips)
      }
      scene.executor.connect(true)
      const failed = await scene.request({ ...scheduled, mostAttempts: 1 })
      ;(await scene.task(1)).fail(passing())
      await scene.until(failed.id, 'failed')
      expect((await scene.set()).skips).toBe(4)
      const run = await scene.request({ ...scheduled })
      ;(await scene.task(2)).done({ point: madePoint })
      await scene.until(run.id, 'succeeded')
      expect((await scene.set()).skips).toBe(0)
      await scene[Symbol.asyncDispose]()
    }
    await open()
  })

  it('has a manual backup of a Windows file server fail at once (FS-3)', async () => {
    await open({ workload: 'file-server-windows' })
    scene.executor.connect(false)
    const run = await scene.request()
    expect((await scene.until(run.id, 'failed')).attempt).toBe(0)
    expect((await scene.set()).skips).toBe(0)
  })

  it('has a scheduled one of a Windows file server wait until its request expires, to the millisecond (FS-4)', async () => {
    await open({ workload: 'file-server-windows' })
    scene.executor.connect(false)
    const expiresAt = scene.clock.now() + HOUR
    const run = await scene.request({ ...scheduled, expiresAt })
    await scene.until(run.id, 'waiting')
    scene.clock.pass(HOUR)
    await scene.settle()
    expect((await scene.run(run.id)).state).toBe('waiting')
    scene.clock.pass(1)
    await scene.until(run.id, 'expired')
  })

  it('does not skip what had begun: that waits for its next attempt', async () => {
    await open({ workload: 'file-server-linux' })
    const run = await scene.request(scheduled)
    ;(await scene.task(1)).fail(passing())
    await scene.until(run.id, 'waiting', 'retry')
    scene.executor.connect(false)
    scene.clock.pass(HOUR)
    await scene.settle()
    expect((await scene.run(run.id)).state).toBe('waiting')
    scene.executor.connect(true)
    ;(await scene.task(2)).done()
    await scene.until(run.id, 'succeeded')
    expect((await scene.set()).skips).toBe(0)
  })
})

describe('how fast a run may be', () => {
  const everyDay = [1, 2, 3, 4, 5, 6, 7]
  const policy = {
    bandwidth: [
      { weekdays: everyDay, start: '00:00', minutes: 780, bytesPerSecond: 1_000_000 },
      { weekdays: everyDay, start: '13:00', minutes: 660, bytesPerSecond: 5_000_000 },
    ],
  } satisfies SceneOptions['policy']

  it('is what its policy says, and follows it while it goes on, if it is scheduled (GEN-16)', async () => {
    await open({ policy })
    await scene.request(scheduled)
    const task = await scene.task(1)
    expect(task.order.bytesPerSecond).toBe(1_000_000)
    scene.clock.pass(HOUR)
    while (task.limits.at(-1) !== 5_000_000) await scene.settle()
    task.done()
  })

  it('holds for all backups of a policy together, and leaves all of it to the one that is left', async () => {
    await open({ policy, sets: 3 })
    await scene.request(scheduled)
    await scene.request({ ...scheduled, setId: 'set-0', scheduledFor: 1 })
    const [first, second] = [await scene.task(1), await scene.task(2)]
    while (first.limits.at(-1) !== 500_000) await scene.settle()
    expect(second.order.bytesPerSecond).toBe(500_000)
    // Somebody asks for a third by hand: it takes what it gets, and nothing of theirs.
    const manual = await scene.request({ setId: 'other-set' })
    const third = await scene.task(3)
    expect(third.order.bytesPerSecond).toBeUndefined()
    expect([first.limits.at(-1), second.limits.at(-1)]).toEqual([500_000, 500_000])
    third.done()
    await scene.until(manual.id, 'succeeded')
    first.done()
    while (second.limits.at(-1) !== 1_000_000) await scene.settle()
    second.done()
  })

  it('is as fast as can be if a person asked for it (GEN-15), or waits for his files', async () => {
    await open({ policy })
    const manual = await scene.request()
    const task = await scene.task(1)
    scene.clock.pass(HOUR)
    await scene.settle()
    expect(new Set(task.limits)).toEqual(new Set([undefined]))
    task.done()
    await scene.until(manual.id, 'succeeded')
    await scene.request({ kind: 'restore' })
    expect((await scene.task(2)).order.bytesPerSecond).toBeUndefined()
  })
})

describe('a window', () => {
  const policy = {
    schedule: {
      timeZone: 'UTC',
      rules: [],
      windows: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start: '20:00', minutes: 240 }],
    },
  } satisfies SceneOptions['policy']

  it('is waited for by scheduled backups, not by persons', async () => {
    await open({ policy })
    const night = await scene.request(scheduled)
    await scene.until(night.id, 'waiting', 'window')
    const manual = await scene.request({ setId: 'other-set' })
    ;(await scene.task(1)).done()
    await scene.until(manual.id, 'succeeded')
    scene.clock.pass(8 * HOUR)
    const task = await scene.task(2)
    expect(task.order.runId).toBe(night.id)
    task.done()
    await scene.until(night.id, 'succeeded')
  })
})
