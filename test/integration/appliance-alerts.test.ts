import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import { type Clock, sleep, systemClock } from '../../core/base/index.ts'
import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { startHook } from '../support/webhook-receiver.ts'

interface Told {
  readonly event: string
  readonly kind: string
  readonly object: { readonly name: string }
}

it('tells a webhook of a set that fails, once, and once that it is over', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-alerts-'))
  const home = join(root, 'home')
  await using hook = await startHook((_, response) => response.end())
  const told = (): Told[] =>
    hook.requests
      .flatMap(({ body }) => (JSON.parse(body) as { alerts: Told[] }).alerts)
      .filter(({ kind }) => kind === 'run-failed')
  // What happens within a minute is told together: that minute need not be waited for.
  let ahead = 0
  const clock: Clock = { now: () => systemClock.now() + ahead, monotonic: () => systemClock.monotonic() }
  try {
    await mkdir(home)
    await writeFile(join(home, 'file'), 'text')
    await using test = await startAppliance(root, { clock })
    const { operations } = test.appliance
    const { call } = test
    const settings = { mail: null, webhook: { url: hook.url }, leastSeverity: 'warning' } as const
    await operations.alerts.setDelivery({ settings, webhookSecret: 'T0123456789abcdefXYZ' }, call)
    await keepsMailPassword(test)
    await operations.alerts.setDelivery({ settings, mailPassword: null }, call)
    const { set } = await protectFolder(test, home)
    const backUp = async () => test.ended((await operations.runs.backUp({ setId: set.id }, call)).id)
    const open = async () =>
      (await operations.alerts.list({ limit: 50, phase: 'open' }, call)).items.filter(
        ({ kind }) => kind === 'run-failed',
      )

    await rename(home, join(root, 'away'))
    expect(await backUp()).toMatchObject({ state: 'failed' })
    while ((await open()).length === 0) await sleep(20)
    expect(await open()).toMatchObject([{ object: { type: 'set', id: set.id }, times: 1, clearedAt: null }])

    ahead += 2 * 60_000
    expect(await backUp()).toMatchObject({ state: 'failed' })
    while ((await open())[0]?.times !== 2) await sleep(20)
    while (told().length === 0) await sleep(20)

    await rename(join(root, 'away'), home)
    expect(await backUp()).toMatchObject({ state: 'succeeded' })
    while ((await open()).length > 0) await sleep(20)
    ahead += 2 * 60_000
    expect(await backUp()).toMatchObject({ state: 'succeeded' })
    while (told().length < 2) await sleep(20)
    expect(told().map(({ event, object }) => [event, object.name])).toEqual([
      ['raised', 'home'],
      ['over', 'home'],
    ])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})

/** To whoever changes where mail goes, the password of the old server is not told. */
async function keepsMailPassword({ appliance, call }: TestAppliance): Promise<void> {
  const { alerts } = appliance.operations
  const mail = { host: 'mail.example', port: 587, security: 'starttls', user: 'holdfast', from: 'a@b.example' } as const
  const to = (change: object) => ({
    settings: { mail: { ...mail, to: ['ops@b.example'], ...change }, webhook: null, leastSeverity: 'warning' as const },
  })
  await alerts.setDelivery({ ...to({}), mailPassword: 'secret of the post office' }, call)
  for (const change of [{ host: 'evil.example' }, { port: 25 }, { security: 'none' }, { user: 'other' }]) {
    await expect(alerts.setDelivery(to(change), call)).rejects.toMatchObject({
      code: 'input/invalid',
      context: { field: 'mailPassword' },
    })
  }
  await alerts.setDelivery(to({ from: 'other@b.example' }), call)
  await alerts.setDelivery({ ...to({ port: 25 }), mailPassword: 'secret of the other office' }, call)
  expect(await alerts.getDelivery({}, call)).toMatchObject({ hasMailPassword: true, settings: { mail: { port: 25 } } })
}
