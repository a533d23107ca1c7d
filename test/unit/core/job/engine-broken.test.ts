import { hostname } from 'node:os'
import { join } from 'node:path'

import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../../../core/base/index.ts'
import { allPoints, type RunRow } from '../../../../core/database/index.ts'
import { initRepository, type Repository } from '../../../../core/repository/index.ts'
import { encodeSnapshot } from '../../../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../../../core/storage/index.ts'
import { type EngineScene, openEngineScene, passing, type SceneOptions } from '../../../support/engine-scene.ts'
import { createFakeExecutor } from '../../../support/fake-executor.ts'
import { madePoint } from '../../../support/made-point.ts'
import { sampleSnapshot } from '../../../support/sample-snapshot.ts'

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

function makeVault(): Promise<Repository> {
  return initRepository(openDirectoryStorage(join(scene.folder, 'vault')), {
    password: 'p',
    owner: { hostname: hostname(), username: '', created: '2026-11-20T00:00:00Z' },
    chunkerPolynomial: '25b468838dcb75',
  })
}

async function made(runId: string): Promise<string> {
  const repository = await makeVault()
  return repository.saveDocument('snapshot', encodeSnapshot(sampleSnapshot({ tags: [`holdfast-run:${runId}`] })))
}

/** The vault does not answer until the test says so. */
async function cancelled(): Promise<{ run: RunRow; answer: () => void }> {
  // A process that has ended long ago.
  await open({ executor: createFakeExecutor({ process: { pid: 1, started: 1, place: 'another boot\0' } }) })
  const run = await scene.request()
  const task = await scene.task(1)
  expect(await task.mayWrite()).toBe(true)
  while ((await scene.run(run.id)).process === null) await scene.settle()
  const { vaultAccess } = scene.ports
  const hanging = Promise.withResolvers<undefined>()
  scene.ports.vaultAccess = async (id) => {
    await hanging.promise
    return vaultAccess(id)
  }
  task.end()
  await scene.until(run.id, 'interrupted')
  await scene.settle()
  expect(await scene.engine.cancel(run.id, 'ada')).toMatchObject({
    state: 'interrupted',
    cause_text: 'Stopped by ada.',
    ended_at: null,
  })
  return { run, answer: () => hanging.resolve(undefined) }
}

describe('an attempt that breaks off after the fence', () => {
  it('has succeeded where its recovery point is found, and no second one is made', async () => {
    await open()
    const run = await scene.request()
    const task = await scene.task(1)
    expect(await task.mayWrite()).toBe(true)
    const snapshot = await made(run.id)
    task.end()
    const ended = await scene.until(run.id, 'succeeded', 'found')
    const [found] = await allPoints(scene.catalog.rows, { setId: 'set' })
    expect(found).toMatchObject({ snapshot_id: snapshot, run_id: run.id })
    expect(JSON.parse(ended.result ?? '')).toMatchObject({ pointId: found?.id })
    expect(scene.executor.tasks).toHaveLength(1)
  })

  it('has succeeded, too, where the appliance was killed, or a person wanted it stopped meanwhile', async () => {
    await open()
    const run = await scene.request()
    expect(await (await scene.task(1)).mayWrite()).toBe(true)
    await made(run.id)
    await scene.engine.cancel(run.id, 'ada')
    await scene.restart()
    await scene.until(run.id, 'succeeded', 'found')
    expect(scene.executor.tasks).toHaveLength(1)
  })

  it('is tried again where nothing is found, after the wait of its policy', async () => {
    await open()
    const run = await scene.request()
    const task = await scene.task(1)
    expect(await task.mayWrite()).toBe(true)
    await made('another')
    task.end()
    const waiting = await scene.until(run.id, 'waiting', 'retry')
    expect(waiting.not_before).toBeGreaterThanOrEqual(scene.clock.now() + 5 * MINUTE)
    scene.clock.pass(HOUR)
    ;(await scene.task(2)).done()
    await scene.until(run.id, 'succeeded')
  })

  it('waits while the vault does not answer, and with it only its own backup set', async () => {
    await open()
    const run = await scene.request()
    expect(await (await scene.task(1)).mayWrite()).toBe(true)
    const { vaultAccess } = scene.ports
    const hanging = Promise.withResolvers<never>()
    let asked = 0
    const task = await scene.task(1)
    scene.ports.vaultAccess = (id) => (asked++ === 0 ? hanging.promise : vaultAccess(id))
    task.end()
    await scene.until(run.id, 'interrupted')
    const same = await scene.request()
    const other = await scene.request({ setId: 'other-set' })
    await scene.until(same.id, 'waiting', 'unsettled')
    const second = await scene.task(2)
    expect(second.order.runId).toBe(other.id)
    second.done()
    await scene.until(other.id, 'succeeded')
    expect((await scene.run(run.id)).state).toBe('interrupted')
    await made('another')
    hanging.reject(passing())
    await scene.until(run.id, 'waiting', 'retry')
  })

  describe('and is stopped by a person before it is known what it did', () => {
    it('has succeeded where its recovery point is found', async () => {
      const { run, answer } = await cancelled()
      const snapshot = await made(run.id)
      answer()
      expect(await scene.until(run.id, 'succeeded', 'found')).toMatchObject({ process: null })
      expect(await allPoints(scene.catalog.rows, { setId: 'set' })).toMatchObject([
        { snapshot_id: snapshot, run_id: run.id },
      ])
      expect(scene.executor.tasks).toHaveLength(1)
    })

    it('has been stopped where nothing is found: no other attempt comes, and no process is left', async () => {
      const { run, answer } = await cancelled()
      await made('another')
      answer()
      expect(await scene.until(run.id, 'cancelled')).toMatchObject({ cause_text: 'Stopped by ada.', process: null })
      await expect(scene.engine.cancel(run.id, 'ada')).rejects.toMatchObject({ code: 'object/conflict' })
    })

    it('has been stopped, too, where the appliance was killed in between', async () => {
      const { run } = await cancelled()
      await made('another')
      await scene.restart()
      scene.ports.vaultAccess = (id) =>
        Promise.resolve({
          id,
          name: 'first',
          place: { kind: 'directory', path: join(scene.folder, 'vault') },
          password: 'p',
        })
      expect(await scene.until(run.id, 'cancelled')).toMatchObject({ cause_text: 'Stopped by ada.', process: null })
    })
  })

  it('has failed where the vault was taken away meanwhile', async () => {
    await open()
    const run = await scene.request({ mostAttempts: 1 })
    const task = await scene.task(1)
    expect(await task.mayWrite()).toBe(true)
    scene.ports.vaultAccess = () => Promise.reject(new CoreError('object/not-found', 'There is no such vault.'))
    task.end()
    expect(await scene.until(run.id, 'failed')).toMatchObject({ cause_code: 'service/unavailable' })
  })
})

describe('a forget that breaks off', () => {
  it('has the catalog forget the points that are gone, whatever becomes of the run', async () => {
    await open()
    await scene.request()
    ;(await scene.task(1)).done({ point: madePoint })
    const run = await scene.request({ kind: 'forget', setId: null, sourceId: null, mostAttempts: 1 })
    const task = await scene.task(2)
    expect(await allPoints(scene.catalog.rows, { vaultId: 'vault' })).toHaveLength(1)
    await makeVault()
    await scene.until(run.id, 'running')
    task.end()
    await scene.until(run.id, 'failed')
    expect(await allPoints(scene.catalog.rows, { vaultId: 'vault' })).toEqual([])
  })
})

describe('an appliance that ends', () => {
  it('takes up again what it stopped itself, and that counts for no attempt', async () => {
    await open()
    const run = await scene.request({ kind: 'restore', mostAttempts: 1 })
    const task = await scene.task(1)
    const stopped = scene.engine.stop({ within: 60_000 })
    while (task.told.length === 0) await scene.settle()
    task.stopped()
    await stopped
    expect(await scene.run(run.id)).toMatchObject({ state: 'interrupted', cause_code: 'stopping', ended_at: null })
    await scene.restart({ orderly: true })
    ;(await scene.task(2)).done()
    expect(await scene.until(run.id, 'succeeded')).toMatchObject({ attempt: 1 })
  })

  it('takes up again what had not even a process when it was stopped', async () => {
    await open()
    const { order } = scene.ports
    const gate = Promise.withResolvers<undefined>()
    const asked = Promise.withResolvers<undefined>()
    scene.ports.order = async (row, ...rest) => {
      asked.resolve(undefined)
      await gate.promise
      return order(row, ...rest)
    }
    const run = await scene.request({ mostAttempts: 1 })
    await asked.promise
    const stopped = scene.engine.stop({ within: 60_000 })
    gate.resolve(undefined)
    await stopped
    await scene.restart({ orderly: true })
    ;(await scene.task(1)).done()
    await scene.until(run.id, 'succeeded')
  })

  it('ends what does not stop in time, begins nothing more, and takes no more orders', async () => {
    await open()
    await scene.request()
    const task = await scene.task(1)
    await scene.engine.stop({ within: 5 })
    expect(task.told).toEqual(['stop', 'kill'])
    await expect(scene.request()).rejects.toMatchObject({ code: 'service/unavailable' })
    expect(scene.defects).toEqual([])
  })

  it('asks what goes on to stop before it waits for a vault that does not answer, and does not wait for that for long', async () => {
    await open()
    const broken = await scene.request()
    const first = await scene.task(1)
    expect(await first.mayWrite()).toBe(true)
    scene.ports.vaultAccess = () => new Promise<never>(() => undefined)
    first.end()
    await scene.until(broken.id, 'interrupted')
    await scene.settle()
    scene.ports.vaultAccess = (id) =>
      Promise.resolve({ id, name: 'first', place: { kind: 'directory', path: scene.folder }, password: 'p' })
    const going = await scene.request({ setId: 'other-set' })
    const second = await scene.task(2)
    await scene.until(going.id, 'running')
    const stopped = scene.engine.stop({ within: 50 })
    expect(second.told).toEqual(['stop'])
    second.stopped()
    await stopped
    expect(await scene.run(going.id)).toMatchObject({ state: 'interrupted', cause_code: 'stopping' })
    // It is left to the next start.
    expect(await scene.run(broken.id)).toMatchObject({ state: 'interrupted' })
  })

  it('does not wait for what was made for an attempt and cannot be tidied up', async () => {
    await open()
    scene.ports.release = () => new Promise<never>(() => undefined)
    await scene.request()
    const task = await scene.task(1)
    const stopped = scene.engine.stop({ within: 5 })
    await stopped
    expect(task.told).toEqual(['stop', 'kill'])
  })

  it('by SIGKILL tries again what is left of its attempts, and says of the others that they failed', async () => {
    await open()
    const again = await scene.request({ mostAttempts: 2 })
    const once = await scene.request({ setId: 'other-set', mostAttempts: 1 })
    await scene.task(2)
    await scene.restart()
    expect(await scene.until(once.id, 'failed')).toMatchObject({ cause_code: 'interrupted' })
    ;(await scene.task(3)).done()
    expect(await scene.until(again.id, 'succeeded')).toMatchObject({ attempt: 2 })
  })

  it('by a restart of the computer leaves backups to the schedule (GEN-18), and goes on with what a person waits for', async () => {
    await open({ executor: createFakeExecutor({ process: { pid: 1, started: 1, place: 'another boot\0' } }) })
    const backup = await scene.request()
    const restore = await scene.request({ kind: 'restore' })
    await scene.task(2)
    for (const { id } of [backup, restore]) while ((await scene.run(id)).process === null) await scene.settle()
    await scene.restart()
    expect(await scene.until(backup.id, 'failed')).toMatchObject({ cause_code: 'rebooted' })
    const task = await scene.task(3)
    expect(task.order.runId).toBe(restore.id)
    task.done()
    await scene.until(restore.id, 'succeeded')
  })
})

describe('a catalog that cannot be written', () => {
  it('ends the attempt, and the run is looked after when it can be written again', async () => {
    await open()
    const run = await scene.request()
    const task = await scene.task(1)
    await scene.until(run.id, 'running')
    // Steps cannot be written, nor the log, nor the end of the run.
    const { rows } = scene.catalog
    const forbid = ['run_step', 'run_event', 'run'].map((table) => [`no_${table}`, table] as const)
    for (const [name, table] of forbid)
      for (const what of ['insert', 'update'])
        await sql
          .raw(`create trigger ${name}_${what} before ${what} on ${table} begin select raise(fail, 'disk full'); end`)
          .execute(rows)
    task.tell({ type: 'step', step: { id: 1, parent: null, name: 'read', state: 'running' } })
    while (task.told.length === 0) await scene.settle()
    expect(task.told).toEqual(['kill'])
    await scene.settle()
    expect((await scene.run(run.id)).state).toBe('running')
    for (const [name] of forbid)
      for (const what of ['insert', 'update']) await sql.raw(`drop trigger ${name}_${what}`).execute(rows)
    const next = await scene.task(2)
    next.done()
    expect(await scene.until(run.id, 'succeeded')).toMatchObject({ attempt: 2 })
  })

  it('does not forget the end of a run because what was made for it cannot be tidied up', async () => {
    await open()
    scene.ports.release = () => Promise.reject(new Error('busy'))
    const run = await scene.request()
    ;(await scene.task(1)).done()
    await scene.until(run.id, 'succeeded')
    expect(scene.defects.join()).toContain('busy')
  })
})
