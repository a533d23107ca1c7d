import { afterEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { allPoints, listSteps } from '../../../../core/database/index.ts'
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

describe('a run', () => {
  it('is carried out, and its recovery point is noted with its end', async () => {
    await open()
    const run = await scene.request()
    const task = await scene.task(1)
    expect(await task.mayWrite()).toBe(true)
    task.done({ point: madePoint, figures: { filesNew: 1 } })
    const ended = await scene.until(run.id, 'succeeded')
    const [made] = await allPoints(scene.catalog.rows, { setId: 'set' })
    expect(made).toMatchObject({ snapshot_id: madePoint.snapshotId, run_id: run.id })
    expect(JSON.parse(ended.result ?? '')).toEqual({ filesNew: 1, pointId: made?.id })
    expect(ended.ended_at).toBe(scene.clock.now())
  })

  it('is tried again with longer and longer waits where its failure may pass, and with no more attempts than its policy has', async () => {
    await open()
    const run = await scene.request()
    let before = 5 * MINUTE
    for (const attempt of [1, 2]) {
      ;(await scene.task(attempt)).fail(passing())
      const waiting = await scene.until(run.id, 'waiting', 'retry')
      const wait = (waiting.not_before ?? 0) - scene.clock.now()
      expect(waiting).toMatchObject({ attempt, ended_at: null })
      expect(waiting.cause_text).toContain(`Attempt ${attempt} of 3 failed: The vault did not answer.`)
      expect(wait).toBeGreaterThanOrEqual(before)
      expect(wait).toBeLessThanOrEqual(before * 1.1)
      before *= 2
      scene.clock.pass(wait - 1)
      await scene.settle()
      expect(scene.executor.tasks).toHaveLength(attempt)
      scene.clock.pass(1)
    }
    ;(await scene.task(3)).fail(passing())
    expect(await scene.until(run.id, 'failed')).toMatchObject({ attempt: 3, cause_code: 'storage/unreachable' })
  })

  it('is not tried again where its failure does not pass by itself', async () => {
    await open()
    const run = await scene.request()
    ;(await scene.task(1)).fail(new CoreError('repository/wrong-password', 'The password is wrong.'))
    expect(await scene.until(run.id, 'failed')).toMatchObject({ attempt: 1, cause_code: 'repository/wrong-password' })
  })

  it('is tried again where its process ends without a word, and begins with empty lists', async () => {
    await open()
    const run = await scene.request()
    const first = await scene.task(1)
    first.tell({ type: 'step', step: { id: 1, parent: null, name: 'read', state: 'running' } })
    first.tell({
      type: 'progress',
      progress: {
        step: 'read',
        filesDone: 1,
        filesTotal: null,
        bytesDone: 1,
        bytesTotal: null,
        bytesStored: 1,
        bytesPerSecond: 1,
        secondsLeft: null,
        isEstimate: false,
      },
    })
    expect(scene.engine.progressOf(run.id)).toMatchObject({ filesDone: 1 })
    first.end('its process was ended by SIGKILL')
    const waiting = await scene.until(run.id, 'waiting', 'retry')
    expect(waiting.cause_text).toContain('The run broke off: its process was ended by SIGKILL.')
    expect(scene.engine.progressOf(run.id)).toBeUndefined()
    scene.clock.pass(HOUR)
    const second = await scene.task(2)
    expect(scene.engine.progressOf(run.id)).toBeUndefined()
    expect(await listSteps(scene.catalog.rows, run.id)).toEqual([])
    second.done()
    await scene.until(run.id, 'succeeded')
  })

  it('that waits for its next attempt does not expire: it says in the end what failed', async () => {
    await open()
    const expiresAt = scene.clock.now() + MINUTE
    const run = await scene.request({ ...scheduled, expiresAt, mostAttempts: 2 })
    ;(await scene.task(1)).fail(passing())
    await scene.until(run.id, 'waiting', 'retry')
    scene.clock.pass(HOUR)
    ;(await scene.task(2)).fail(passing())
    expect(await scene.until(run.id, 'failed')).toMatchObject({ cause_code: 'storage/unreachable' })
  })

  it('of a scheduled time is made once, also where the schedule asks again and again', async () => {
    await open()
    scene.due = [
      {
        ...scheduled,
        kind: 'backup',
        setId: 'set',
        sourceId: 'source',
        vaultId: 'vault',
        mostAttempts: 3,
        wanted: {},
        scheduledFor: scene.clock.now(),
      },
    ]
    ;(await scene.task(1)).done()
    await scene.settle()
    await scene.restart()
    await scene.settle()
    expect(await scene.catalog.rows.selectFrom('run').selectAll().execute()).toHaveLength(1)
    expect(scene.executor.tasks).toHaveLength(1)
  })

  it('that cannot be decided about holds up no other', async () => {
    await open()
    const { order } = scene.ports
    scene.ports.order = (run, ...rest) =>
      run.set_id === 'other-set'
        ? Promise.reject(new CoreError('object/not-found', 'It is gone.'))
        : order(run, ...rest)
    await scene.catalog.rows.updateTable('policy').set({ settings: '{' }).execute()
    const bad = await scene.request({ ...scheduled, setId: 'other-set' })
    const good = await scene.request({ setId: null, kind: 'check' })
    ;(await scene.task(1)).done()
    await scene.until(good.id, 'succeeded')
    expect(scene.defects.join()).toContain(`the beginning of run ${bad.id}`)
  })
})

describe('a run that a person stops', () => {
  it('has been stopped where it never began', async () => {
    await open({ limits: { mostRuns: 1, mostRunsPerSource: 1, mostRunsPerVault: 1 } })
    const going = await scene.request()
    const task = await scene.task(1)
    const waiting = await scene.request({ setId: 'other-set' })
    await scene.until(waiting.id, 'waiting')
    expect(await scene.engine.cancel(waiting.id, 'ada')).toMatchObject({
      state: 'cancelled',
      cause_code: 'cancelled',
      cause_text: 'Stopped by ada.',
    })
    task.done()
    await scene.until(going.id, 'succeeded')
    await scene.settle()
    expect(scene.executor.tasks).toHaveLength(1)
    await expect(scene.engine.cancel(waiting.id, 'ada')).rejects.toMatchObject({ code: 'object/conflict' })
    await expect(scene.engine.cancel('nobody', 'ada')).rejects.toMatchObject({ code: 'object/not-found' })
  })

  it('never starts a process where it is stopped before there is one', async () => {
    await open()
    const { order } = scene.ports
    const gate = Promise.withResolvers<undefined>()
    const asked = Promise.withResolvers<undefined>()
    scene.ports.order = async (row, ...rest) => {
      asked.resolve(undefined)
      await gate.promise
      return order(row, ...rest)
    }
    const run = await scene.request()
    await asked.promise
    expect(await scene.engine.cancel(run.id, 'ada')).toMatchObject({ state: 'cancelling' })
    gate.resolve(undefined)
    await scene.until(run.id, 'cancelled')
    expect(scene.executor.tasks).toHaveLength(0)
  })

  it('may not write any more, and ends as stopped whatever its process says', async () => {
    await open()
    const ends = ['stopped', 'failed', 'gone'] as const
    for (const [index, how] of ends.entries()) {
      const run = await scene.request()
      const task = await scene.task(index + 1)
      await scene.until(run.id, 'running')
      await scene.engine.cancel(run.id, 'ada')
      expect(task.told).toEqual(['stop'])
      expect(await task.mayWrite()).toBe(false)
      if (how === 'stopped') task.stopped()
      else if (how === 'failed') task.fail(passing())
      else task.end()
      expect(await scene.until(run.id, 'cancelled')).toMatchObject({ cause_text: 'Stopped by ada.', attempt: 1 })
    }
    expect(scene.defects).toEqual([])
  })

  it('has succeeded where there was nothing left to stop', async () => {
    await open()
    const run = await scene.request()
    const task = await scene.task(1)
    expect(await task.mayWrite()).toBe(true)
    await scene.engine.cancel(run.id, 'ada')
    task.done({ point: madePoint })
    await scene.until(run.id, 'succeeded')
    expect(await allPoints(scene.catalog.rows, { setId: 'set' })).toHaveLength(1)
  })

  it('is noted in the very moment in which it ends, too: neither the point nor the end is lost', async () => {
    await open()
    for (let round = 1; round <= 20; round++) {
      const run = await scene.request()
      const task = await scene.task(round)
      await scene.until(run.id, 'running')
      task.done({ point: { ...madePoint, snapshotId: String(round).padStart(64, '0') } })
      await scene.engine.cancel(run.id, 'ada').catch(() => undefined)
      await scene.until(run.id, 'succeeded')
    }
    expect(await allPoints(scene.catalog.rows, { setId: 'set' })).toHaveLength(20)
    expect(scene.defects).toEqual([])
  })

  it('stays stopped where the appliance is killed before it has', async () => {
    await open()
    const run = await scene.request()
    const task = await scene.task(1)
    await scene.until(run.id, 'running')
    await scene.engine.cancel(run.id, 'ada')
    expect(task.told).toEqual(['stop'])
    await scene.restart()
    expect(await scene.until(run.id, 'cancelled')).toMatchObject({ cause_text: 'Stopped by ada.' })
    expect(scene.executor.tasks).toHaveLength(1)
  })
})

describe('the fence', () => {
  it('lets one attempt write, and none that was replaced', async () => {
    await open()
    const run = await scene.request()
    const first = await scene.task(1)
    await scene.until(run.id, 'running')
    // As after a restart: another attempt goes on, and this process has not noticed.
    await scene.catalog.rows.updateTable('run').set({ attempt: 2 }).execute()
    expect(await first.mayWrite()).toBe(false)
    expect((await scene.run(run.id)).committing).toBeNull()
    await scene.catalog.rows.updateTable('run').set({ attempt: 1 }).execute()
    expect(await first.mayWrite()).toBe(true)
    expect((await scene.run(run.id)).committing).toBe(1)
    first.done()
    await scene.until(run.id, 'succeeded')
  })
})
