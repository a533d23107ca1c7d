import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Temporal } from 'temporal-polyfill'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { type Clock, sleep } from '../../core/base/index.ts'
import { PolicySettings } from '../../core/contract/index.ts'
import { allPoints, type Catalog, openCatalog, type RunRow } from '../../core/database/index.ts'
import { pointOfSnapshot } from '../../core/job/index.ts'
import { openRepository, type Repository } from '../../core/repository/index.ts'
import { encodeSnapshot, loadSnapshot } from '../../core/snapshot/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { startAppliance, type TestAppliance } from '../support/appliance.ts'
import { cheapenKey } from '../support/cheap-key.ts'
import { createFakeExecutor, type FakeTask } from '../support/fake-executor.ts'
import { sampleSnapshot } from '../support/sample-snapshot.ts'

const ZONE = 'Europe/Berlin'
const HOUR = 3_600_000
/** The appliance is asked what is due so often. */
const STEP = 4 * HOUR
const RULES = { days: 30, weeks: 8, months: 6, years: 1 }

/** 2:30 does not come on the last Sunday of March, and comes twice on that of October. */
const policy = PolicySettings.parse({
  schedule: {
    timeZone: ZONE,
    rules: [{ type: 'times', days: { type: 'week', weekdays: [1, 2, 3, 4, 5, 6, 7] }, times: ['02:30'] }],
  },
  retention: RULES,
  verifyEveryDays: null,
})

const dayOf = (moment: number): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(ZONE).toPlainDate()

/** What RET-1, RET-6, RET-7, RET-8 and RET-20 leave on a day of points that were complete then, said once more and plainly. */
function expectedOn(today: Temporal.PlainDate, made: readonly number[]): number[] {
  const isYoung = (moment: number, span: Temporal.DurationLike): boolean =>
    Temporal.PlainDate.compare(today, dayOf(moment).add(span)) <= 0
  const lastOf = (name: (day: Temporal.PlainDate) => string): Set<number> => {
    const last = new Map<string, number>()
    for (const moment of made) last.set(name(dayOf(moment)), Math.max(moment, last.get(name(dayOf(moment))) ?? 0))
    return new Set(last.values())
  }
  const weekly = lastOf((day) => `${day.yearOfWeek ?? 0}-${day.weekOfYear ?? 0}`)
  const monthly = lastOf((day) => day.toPlainYearMonth().toString())
  const yearly = lastOf((day) => String(day.year))
  return made
    .filter(
      (moment) =>
        isYoung(moment, { days: RULES.days }) ||
        (weekly.has(moment) && isYoung(moment, { weeks: RULES.weeks })) ||
        (monthly.has(moment) && isYoung(moment, { months: RULES.months })) ||
        (yearly.has(moment) && isYoung(moment, { years: RULES.years })) ||
        moment === Math.max(...made),
    )
    .toSorted((a, b) => a - b)
}

describe('a year of an appliance', () => {
  let root: string
  let test: TestAppliance
  let catalog: Catalog
  let repository: Repository
  let setId = ''
  let vaultId = ''
  /** The clock on the wall, which people may set, and the one that nobody can. */
  const time = { wall: Temporal.ZonedDateTime.from(`2027-07-01T00:00[${ZONE}]`).epochMilliseconds, since: 0 }
  const clock: Clock = { now: () => time.wall, monotonic: () => time.since }
  const moment = (wall: number) => ({ wall, uptime: time.since, boot: 'this one' })
  const executor = createFakeExecutor()
  /** When each point was complete. */
  const made: number[] = []
  let lastForget = 0

  const vault = (): string => join(root, 'vault')

  /** Its recovery points are real ones, of a source that is empty: what goes and what stays the appliance decides. */
  async function carryOut(task: FakeTask): Promise<void> {
    const { order } = task
    if (order.kind === 'backup') {
      expect(await task.mayWrite()).toBe(true)
      const tags = [`holdfast-set:${order.setId}`, `holdfast-run:${order.runId}`]
      const taken = sampleSnapshot({ time: { ns: BigInt(time.wall) * 1_000_000n, offsetMinutes: 0 }, tags })
      const id = await repository.saveDocument('snapshot', encodeSnapshot(taken))
      made.push(time.wall)
      task.done({ point: pointOfSnapshot(await loadSnapshot(repository, id)) })
    } else if (order.kind === 'forget') {
      for (const id of order.snapshots) await repository.storage.remove({ kind: 'snapshot', name: id })
      lastForget = time.wall
      task.done({ removed: order.snapshots })
    } else task.done()
  }

  async function start(): Promise<void> {
    test = await startAppliance(root, { clock, executor, moment })
  }

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-year-'))
    executor.onTask = (task) => void carryOut(task)
    await start()
    const { operations } = test.appliance
    const location = { kind: 'directory', path: vault() } as const
    vaultId = (await operations.vaults.create({ name: 'first', location }, test.call)).id
    const settings = { kind: 'file-server', host: 'nas' } as const
    const source = await operations.sources.create({ name: 'nas', settings }, test.call)
    const { id: policyId } = await operations.policies.create({ name: 'daily', settings: policy }, test.call)
    const content = {
      roots: ['/srv'],
      excludes: [],
      excludeCaches: false,
      excludeLargerThan: null,
      oneFileSystem: false,
    }
    const ids = { sourceId: source.id, vaultId, policyId }
    const wanted = { name: 'all', ...ids, isEnabled: true, allowMissingRoots: true, content }
    setId = (await operations.sets.create(wanted, test.call)).id
    await operations.settings.update({ timeZone: ZONE }, test.call)
    const { text } = await operations.vaults.exportKit(
      { id: vaultId, password: 'correct horse battery', again: false },
      test.call,
    )
    const password = /^Password: +(\S+)$/m.exec(text)?.[1] ?? ''
    await cheapenKey(vault(), password)
    repository = await openRepository(openDirectoryStorage(vault()), Buffer.from(password))
    catalog = await openCatalog(join(root, 'appliance', 'catalog.db'))
  })

  afterAll(async () => {
    await catalog.close()
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  async function going(): Promise<RunRow[]> {
    const pending = ['queued', 'waiting', 'running', 'cancelling', 'interrupted']
    return catalog.rows.selectFrom('run').selectAll().where('state', 'in', pending).execute()
  }

  /** Lets the appliance do all that is due at this moment. */
  async function work(): Promise<void> {
    for (let calm = 0; calm < 3;) {
      executor.connect(true)
      await sleep(1)
      calm = (await going()).length === 0 ? calm + 1 : 0
    }
  }

  async function pass(milliseconds: number): Promise<void> {
    time.wall += milliseconds
    time.since += milliseconds
    await work()
  }

  async function runsOf(kind: string): Promise<RunRow[]> {
    return catalog.rows.selectFrom('run').selectAll().where('kind', '=', kind).orderBy('queued_at').execute()
  }

  async function kept(): Promise<number[]> {
    const points = await allPoints(catalog.rows, { setId })
    // The catalog says what the vault has.
    const stored = (await readdir(join(vault(), 'snapshots'))).toSorted()
    expect(points.map(({ snapshot_id }) => snapshot_id).toSorted()).toEqual(stored)
    return points.map(({ completed_at }) => completed_at)
  }

  /** What must be there at the end of a month; retention was looked at on that day, in the morning. */
  async function expectKept(): Promise<void> {
    expect(dayOf(lastForget).toString()).toBe(dayOf(time.wall).toString())
    const before = made.filter((each) => each <= lastForget)
    const since = made.filter((each) => each > lastForget)
    const expected = expectedOn(dayOf(lastForget), before)
    expect([dayOf(time.wall).toString(), await kept()]).toEqual([dayOf(time.wall).toString(), [...expected, ...since]])
  }

  /** Goes on until that day has ended. */
  async function goOnUntil(day: string): Promise<void> {
    const end = Temporal.PlainDate.from(day).add({ days: 1 }).toZonedDateTime(ZONE).epochMilliseconds
    while (time.wall + STEP < end) {
      await pass(STEP)
      const local = Temporal.Instant.fromEpochMilliseconds(time.wall).toZonedDateTimeISO(ZONE)
      if (local.day === local.daysInMonth && local.hour >= 16) await expectKept()
    }
    await pass(end - 1000 - time.wall)
  }

  it('keeps what its policy says at the end of each month, over both changes of the clock and a leap day', async () => {
    await goOnUntil('2028-01-10')
    // A point for each day, also for that on which 2:30 came twice.
    expect(made.map((each) => dayOf(each).toString())).toEqual(
      Array.from({ length: made.length }, (_, index) =>
        Temporal.PlainDate.from('2027-07-01').add({ days: index }).toString(),
      ),
    )
    expect(dayOf(made.at(-1) ?? 0).toString()).toBe('2028-01-10')
    expect((await runsOf('backup')).every(({ state }) => state === 'succeeded')).toBe(true)
    expect((await runsOf('forget')).every(({ state }) => state === 'succeeded')).toBe(true)
  })

  it('is switched off for a fortnight: it makes up for one day, and asks before it removes so much at once (RET-22)', async () => {
    await test[Symbol.asyncDispose]()
    time.wall += 14 * 24 * HOUR + 9 * HOUR
    time.since += 14 * 24 * HOUR + 9 * HOUR
    const before = made.length
    await start()
    await work()
    expect(made.length).toBe(before + 1)
    const last = (await runsOf('forget')).at(-1)
    expect(last).toMatchObject({ state: 'failed', cause_code: 'policy/unconfirmed', needs_confirmation: 1 })
    const points = await kept()
    const wanted = { vaultId, kind: 'forget', readData: false } as const
    const again = await test.appliance.operations.runs.maintain({ ...wanted, confirm: false }, test.call)
    expect((await test.ended(again.id)).cause.code).toBe('policy/unconfirmed')
    expect(await kept()).toEqual(points)
    const run = await test.appliance.operations.runs.maintain({ ...wanted, confirm: true }, test.call)
    expect(await test.ended(run.id)).toMatchObject({ state: 'succeeded', needsConfirmation: false })
    expect((await kept()).length).toBe(points.length - 15)
    await goOnUntil('2028-02-10')
  })

  it('has its clock set back by a day: no time is given twice, and nothing is lost', async () => {
    time.wall -= 24 * HOUR
    await work()
    await goOnUntil('2028-06-30')
    const all = await runsOf('backup')
    // What it did not do while it was off is told of once.
    const skipped = all.filter(({ state }) => state === 'skipped')
    expect(skipped.map(({ cause_text }) => cause_text)).toEqual([expect.stringMatching(/^14 scheduled times \(/)])
    const backups = all.filter(({ state }) => state !== 'skipped')
    const days = backups.map(({ scheduled_for }) => dayOf(scheduled_for ?? 0).toString())
    expect(days.toSorted()).toEqual([...new Set(days)].toSorted())
    // Each day but those on which it was off.
    const off = 14
    expect(days).toHaveLength(366 - off)
    expect(backups.every(({ state, attempt }) => state === 'succeeded' && attempt === 1)).toBe(true)
    // But for those two after the fortnight.
    expect((await runsOf('forget')).filter(({ state }) => state !== 'succeeded')).toHaveLength(2)
  })

  it('has looked after its vault all the time, and never twice at once', async () => {
    const forgets = (await runsOf('forget')).filter(({ trigger }) => trigger === 'system')
    expect(forgets.length).toBeGreaterThanOrEqual(366 - 14 - 2)
    expect(forgets.length).toBeLessThanOrEqual(366 - 13 + 1)
    for (const kind of ['prune', 'check']) {
      const runs = await runsOf(kind)
      // At the time that the settings say; and once when it was switched on again, at nine.
      const hours = runs.map(
        ({ queued_at }) => Temporal.Instant.fromEpochMilliseconds(queued_at).toZonedDateTimeISO(ZONE).hour,
      )
      expect([kind, hours.filter((hour) => hour < 6 || hour > 8)]).toEqual([kind, []])
      expect(runs.length).toBeGreaterThanOrEqual(48)
      expect(runs.length).toBeLessThanOrEqual(53)
    }
    await expectKept()
  })
})
