import { join } from 'node:path'

import { afterEach, describe, expect, it } from 'vitest'

import { type Catalog, type RunRow, setRows } from '../../../../core/database/index.ts'
import { countCommits } from '../../../support/count-commits.ts'
import { type EngineScene, openEngineScene, type SceneOptions } from '../../../support/engine-scene.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The scene begins at 2026-11-22 12:00 UTC. */
const daily = {
  timeZone: 'Europe/Berlin',
  rules: [
    { type: 'times' as const, days: { type: 'week' as const, weekdays: [1, 2, 3, 4, 5, 6, 7] }, times: ['14:00'] },
  ],
  expireAfterMinutes: 120,
}

let scene: EngineScene

async function open(schedule: object = {}, options: SceneOptions = {}): Promise<EngineScene> {
  scene = await openEngineScene({ isScheduled: true, policy: { schedule: { ...daily, ...schedule } }, ...options })
  scene.executor.onTask = (task) => task.done()
  await scene.settle()
  return scene
}

afterEach(async () => {
  await scene[Symbol.asyncDispose]()
})

async function backups(setId = 'set'): Promise<RunRow[]> {
  await scene.settle()
  const all = scene.catalog.rows.selectFrom('run').selectAll().where('kind', '=', 'backup').where('set_id', '=', setId)
  return all.orderBy('id').execute()
}

async function off(length: number): Promise<void> {
  await scene.engine.stop({ within: 0 })
  scene.clock.pass(length)
  await scene.restart({ orderly: true })
}

function said(runs: readonly RunRow[]): [string, string][] {
  return runs.map(({ state, cause_text }) => [state, cause_text])
}

describe('a scheduled time', () => {
  it('that comes as the appliance is being stopped is made up for when it is started again', async () => {
    await open()
    const asking = Promise.withResolvers<undefined>()
    const gate = Promise.withResolvers<undefined>()
    scene.beforeAsking = () => {
      asking.resolve(undefined)
      return gate.promise
    }
    scene.clock.pass(HOUR)
    scene.engine.wake()
    await asking.promise
    const stopped = scene.engine.stop({ within: 60_000 })
    gate.resolve(undefined)
    await stopped
    expect(await backups()).toEqual([])
    scene.beforeAsking = () => Promise.resolve()
    await scene.restart({ orderly: true })
    expect(await backups()).toMatchObject([{ state: 'succeeded', trigger: 'schedule' }])
  })

  it('is asked for with the note that it was, or not at all', async () => {
    await open()
    const catalog = scene.catalog as { transaction: Catalog['transaction'] }
    const transaction = catalog.transaction.bind(catalog)
    catalog.transaction = (work) =>
      transaction(async (rows) => {
        await work(rows)
        throw new Error('disk full')
      })
    scene.clock.pass(HOUR)
    expect(await backups()).toEqual([])
    expect(scene.defects.join()).toContain('disk full')
    catalog.transaction = transaction
    expect(await backups()).toMatchObject([{ state: 'succeeded' }])
    expect((await scene.set()).looked_at).toBe(scene.clock.now())
  })

  it('is looked for without writing anything until it comes, and then in one commit for all sets', async () => {
    await open({}, { sets: 100 })
    const path = join(scene.folder, 'catalog.db')
    const before = countCommits(path)
    for (let minutes = 0; minutes < 59; minutes++) {
      scene.clock.pass(MINUTE)
      scene.engine.wake()
    }
    await scene.settle()
    expect(countCommits(path)).toBe(before)
    scene.executor.onTask = () => undefined
    scene.clock.pass(MINUTE)
    await scene.settle()
    expect(await scene.catalog.rows.selectFrom('run').select('id').execute()).toHaveLength(100)
    // All that came due, all that waits, and what begins of each of the four that may at a time.
    expect(countCommits(path) - before).toBeLessThanOrEqual(2 + 4 * 2)
  })

  it('of another schedule is not made up for, nor after a restart', async () => {
    await open()
    scene.clock.pass(30 * MINUTE)
    await scene.settle()
    // A quarter of an hour ago, and nothing was written since the set was made.
    expect((await scene.set()).looked_at).toBe(scene.clock.now() - 30 * MINUTE)
    const policy = await scene.catalog.rows.selectFrom('policy').selectAll().executeTakeFirstOrThrow()
    const schedule = { timeZone: 'UTC', rules: [{ ...daily.rules[0], times: ['12:15'] }] }
    const settings = JSON.stringify({ ...(JSON.parse(policy.settings) as object), schedule })
    await scene.catalog.rows.updateTable('policy').set({ settings }).execute()
    expect(await backups()).toEqual([])
    await scene.restart({ orderly: true })
    expect(await backups()).toEqual([])
    scene.clock.pass(DAY)
    expect(await backups()).toHaveLength(1)
  })

  it('that comes while a set is disabled is not made up for', async () => {
    await open()
    await setRows.update(scene.catalog.rows, 'set', { is_enabled: 0 })
    scene.clock.pass(2 * HOUR)
    await scene.settle()
    await setRows.update(scene.catalog.rows, 'set', { is_enabled: 1, looked_at: scene.clock.now() })
    expect(await backups()).toEqual([])
    scene.clock.pass(23 * HOUR)
    expect(await backups()).toHaveLength(1)
  })

  it('comes after a clock that was a year ahead, too', async () => {
    await open()
    scene.clock.pass(365 * DAY)
    await scene.settle()
    scene.clock.pass(-365 * DAY)
    await scene.settle()
    expect((await scene.set()).looked_at).toBe(scene.clock.now())
    const before = (await backups()).length
    scene.clock.pass(HOUR)
    expect(await backups()).toHaveLength(before + 1)
  })

  it('of a policy that nobody understands is said to be one, and holds up no other set', async () => {
    await open()
    const policy = await scene.catalog.rows.selectFrom('policy').selectAll().executeTakeFirstOrThrow()
    await scene.catalog.rows
      .insertInto('policy')
      .values({ ...policy, id: 'bad', name: 'bad', settings: '{' })
      .execute()
    await setRows.update(scene.catalog.rows, 'other-set', { policy_id: 'bad' })
    scene.clock.pass(HOUR)
    expect(await backups()).toHaveLength(1)
    expect(scene.defects.join()).toContain('other-set')
  })
})

describe('scheduled times that came while the appliance was off', () => {
  it('are told of by one run that was skipped, and the newest is made up for', async () => {
    await open()
    await off(3 * DAY + 2 * HOUR)
    expect(said(await backups())).toEqual([
      [
        'skipped',
        '3 scheduled times (2026-11-22 14:00 to 2026-11-24 14:00, Europe/Berlin) came while the appliance was off, or its clock was wrong. The backup of 2026-11-25 14:00 makes up for them.',
      ],
      ['succeeded', 'All of it was done.'],
    ])
    expect(scene.executor.tasks.filter(({ order }) => order.kind === 'backup')).toHaveLength(2)
  })

  it('are told of as expired where it is too late for the newest, too', async () => {
    await open()
    await off(DAY + 4 * HOUR)
    const runs = await backups()
    expect(runs).toMatchObject([
      {
        state: 'expired',
        cause_code: 'missed-expired',
        cause_text:
          '2 scheduled times (2026-11-22 14:00 to 2026-11-23 14:00, Europe/Berlin) came while the appliance was off, or its clock was wrong, and it is too late for them now.',
        attempt: 0,
        started_at: null,
        ended_at: scene.clock.now(),
        trigger: 'schedule',
      },
    ])
    expect(runs[0]?.remedy).toContain('back up by hand')
    expect(scene.events.filter((event) => event.type === 'run' && event.run.set_id === 'set')).toHaveLength(1)
    await off(HOUR)
    expect(await backups()).toHaveLength(1)
  })

  it('are told of as skipped where the policy skips what was missed', async () => {
    await open({ missed: 'skip' })
    await off(2 * HOUR)
    expect(await backups()).toMatchObject([
      {
        state: 'skipped',
        cause_text:
          '1 scheduled time (2026-11-22 14:00, Europe/Berlin) came while the appliance was off, or its clock was wrong, and the policy skips what was missed.',
      },
    ])
    expect(scene.executor.tasks).toHaveLength(0)
    // NAS-6 counts what an executor that is away has skipped.
    expect((await scene.set()).skips).toBe(0)
  })

  it('are told of with a number that nobody counts on for ever', async () => {
    const often = {
      type: 'interval' as const,
      days: daily.rules[0]?.days,
      everyMinutes: 5,
      from: '00:00',
      until: '00:00',
    }
    await open({ rules: [often], missed: 'skip' })
    await off(30 * DAY + 7 * MINUTE)
    expect((await backups())[0]?.cause_text).toMatch(
      /^At least 1,000 scheduled times \(2026-11-22 13:05 to 2026-12-22 /,
    )
  })
})
