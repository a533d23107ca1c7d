import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it, onTestFinished } from 'vitest'

import { type Clock, sleep, systemClock } from '../../core/base/index.ts'
import { protectFolder, startAppliance } from '../support/appliance.ts'

const DAY = 24 * 3_600_000

it('the log and the steps of a run are kept for 90 days, and the run itself for longer', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-logs-'))
  onTestFinished(() => rm(root, { recursive: true, force: true }))
  const home = join(root, 'home')
  await mkdir(home)
  await writeFile(join(home, 'file'), 'a')
  const time = { ahead: 0 }
  const clock: Clock = { now: () => systemClock.now() + time.ahead, monotonic: () => systemClock.monotonic() }

  let test = await startAppliance(root, { clock })
  const { set } = await protectFolder(test, home)
  const { id } = await test.ended((await test.appliance.operations.runs.backUp({ setId: set.id }, test.call)).id)
  await rm(home, { recursive: true })
  // One that fails says why in its log.
  const failed = await test.ended((await test.appliance.operations.runs.backUp({ setId: set.id }, test.call)).id)
  expect(failed.state).toBe('failed')
  const left = async (): Promise<{ readonly lines: number; readonly steps: number }> => {
    const { runs } = test.appliance.operations
    const { items } = await runs.events({ id: failed.id, limit: 50 }, test.call)
    return { lines: items.length, steps: (await runs.get({ id }, test.call)).steps.length }
  }
  const before = await left()
  expect(before.lines).toBeGreaterThan(0)
  expect(before.steps).toBeGreaterThan(0)
  const startAt = async (days: number): Promise<void> => {
    await test[Symbol.asyncDispose]()
    time.ahead = days * DAY
    test = await startAppliance(root, { clock })
  }
  await startAt(89)
  await sleep(500)
  expect(await left()).toEqual(before)
  await startAt(91)
  while ((await left()).lines + (await left()).steps > 0) await sleep(20)
  expect((await test.appliance.operations.runs.get({ id }, test.call)).state).toBe('succeeded')
  await test[Symbol.asyncDispose]()
})
