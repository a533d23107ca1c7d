import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, it } from 'vitest'

import type { Clock } from '../../core/base/index.ts'
import { protectFolder, startAppliance } from '../support/appliance.ts'

const HOUR = 3_600_000
const NOON = Date.parse('2026-11-23T12:00:00Z')

it('the audit names what it tells by an id, and is looked at by who, what and when', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-audit-'))
  const home = join(root, 'home')
  const time = { now: NOON }
  const clock: Clock = { now: () => time.now, monotonic: () => performance.now() }
  try {
    await mkdir(home)
    await writeFile(join(home, 'file'), 'text')
    await using test = await startAppliance(root, { clock })
    const { appliance, call } = test
    const { operations } = appliance
    const { set, vault, policy } = await protectFolder(test, home)
    const run = await test.ended((await operations.runs.backUp({ setId: set.id }, call)).id)
    const { items: points } = await operations.points.list({ limit: 1 }, call)
    const { items: users } = await operations.users.list(undefined, call)
    const about = [set.id, vault.id, policy.id, run.id, points[0]?.id ?? '', users[0]?.id ?? '', 'nothing', null]
    for (const object of about) {
      time.now += HOUR
      const actor = object === 'nothing' ? 'berta' : 'admin'
      const operation = object === null ? 'settings.update' : 'sets.update'
      await appliance.record({ actor, address: '127.0.0.1', operation, object, outcome: 'done', input: {} })
    }
    const list = async (filter: object) =>
      (await operations.audit.list({ limit: 100, ...filter }, call)).items.map(({ object, objectName }) => [
        object,
        objectName,
      ])
    const all = about.map((object, index) => [
      object,
      ['home', 'first', 'by hand', 'home', 'home', 'admin', null, null][index],
    ])
    expect(await list({})).toEqual(all.toReversed())
    expect(await list({ actor: 'berta' })).toEqual([all[6]])
    expect(await list({ operation: 'settings.update' })).toEqual([all[7]])
    // Not before the second, and before the fifth.
    const from = new Date(NOON + 2 * HOUR).toISOString()
    const until = new Date(NOON + 5 * HOUR).toISOString()
    expect(await list({ from, until })).toEqual([all[3], all[2], all[1]])
    expect(await list({ from: until, until: from })).toEqual([])

    // What was removed is called as it was last.
    await operations.sets.remove({ id: set.id }, call)
    expect((await list({})).at(-1)).toEqual([set.id, 'home'])
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
