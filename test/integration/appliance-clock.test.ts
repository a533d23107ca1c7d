import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type Clock, sleep, systemClock } from '../../core/base/index.ts'
import { PolicySettings, type Run } from '../../core/contract/index.ts'
import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('an appliance whose clock is set', () => {
  let root: string
  let home: string
  let test: TestAppliance
  /** How far the clock on the wall was set ahead, and how long the computer has been on. Milliseconds. */
  const time = { ahead: 0, uptime: DAY }
  const clock: Clock = { now: () => systemClock.now() + time.ahead, monotonic: () => systemClock.monotonic() }

  beforeEach(async () => {
    Object.assign(time, { ahead: 0, uptime: DAY })
    root = await mkdtemp(join(tmpdir(), 'holdfast-clock-'))
    home = join(root, 'home')
    await mkdir(home)
    test = await startAppliance(root, { clock, moment: (wall) => ({ wall, uptime: time.uptime, boot: 'this one' }) })
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  it('removes nothing by it before a person has confirmed it, and says why (RET-22)', async () => {
    const { operations } = test.appliance
    const settings = PolicySettings.parse({
      schedule: { timeZone: 'UTC', rules: [] },
      retention: { days: 7, weeks: 0, months: 0, years: 0 },
    })
    const { set, vault } = await protectFolder(test, home, { settings })
    for (const text of ['one', 'two', 'three', 'four']) {
      await writeFile(join(home, 'file'), text)
      await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    }
    const forget = async (confirm: boolean): Promise<Run> => {
      const wanted = { vaultId: vault.id, kind: 'forget', readData: false, confirm } as const
      return test.ended((await operations.runs.maintain(wanted, test.call)).id)
    }
    const points = async (): Promise<number> =>
      (await operations.points.list({ limit: 50, setId: set.id }, test.call)).items.length
    expect(await forget(false)).toMatchObject({ state: 'succeeded', result: { pointsRemoved: 0 } })

    // An hour later by the clock that nobody can set, and forty days by the other.
    Object.assign(time, { ahead: 40 * DAY, uptime: DAY + HOUR })
    const stopped = await forget(false)
    expect(stopped).toMatchObject({ state: 'failed', needsConfirmation: true, cause: { code: 'policy/unconfirmed' } })
    expect(stopped.cause.text).toMatch(/the clock is .* ahead of what the last time was/)
    expect(stopped.cause.text).toContain('Nothing was removed.')
    expect(await points()).toBe(4)
    const isAsked = async (): Promise<boolean> => {
      const { items } = await operations.alerts.list({ limit: 50, phase: 'open' }, test.call)
      return items.some(({ kind, object }) => kind === 'needs-confirmation' && object.name === 'first')
    }
    while (!(await isAsked())) await sleep(20)

    // It is the year that somebody forgot to set, and all that has expired by it may go.
    expect(await forget(true)).toMatchObject({ state: 'succeeded', result: { pointsRemoved: 3 } })
    expect(await points()).toBe(1)
    while (await isAsked()) await sleep(20)
  })

  it('takes no harm from one that was right all the time, nor asks about it', async () => {
    const { operations } = test.appliance
    const { set, vault } = await protectFolder(test, home)
    await writeFile(join(home, 'file'), 'one')
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    const wanted = { vaultId: vault.id, kind: 'forget', readData: false, confirm: false } as const
    for (const _ of [1, 2]) {
      const run = await test.ended((await operations.runs.maintain(wanted, test.call)).id)
      expect(run).toMatchObject({ state: 'succeeded', needsConfirmation: false })
      Object.assign(time, { ahead: time.ahead + DAY, uptime: time.uptime + DAY })
    }
  })
})
