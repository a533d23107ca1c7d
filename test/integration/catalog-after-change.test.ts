import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { sleep } from '../../core/base/index.ts'
import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'

describe('the catalog is stored in the vault', () => {
  let root: string
  let test: TestAppliance
  let ids: Awaited<ReturnType<typeof protectFolder>>

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-after-change-'))
    test = await startAppliance(root, { changesGathered: 1 })
    await mkdir(join(root, 'home'))
    await writeFile(join(root, 'home', 'file'), 'content')
    ids = await protectFolder(test, join(root, 'home'))
    await copied(0)
  })
  afterAll(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const copies = async (): Promise<number> => {
    const { items } = await test.appliance.operations.runs.list({ kind: 'catalog-backup', limit: 500 }, test.call)
    for (const { endedAt } of items) if (endedAt === null) return Number.NaN
    return items.length
  }

  /** Waits until there are more copies than so many, and no other is being made. */
  async function copied(before: number): Promise<number> {
    for (;;) {
      const now = await copies()
      await sleep(50)
      if (now > before && (await copies()) === now) return now
    }
  }

  const changes: Record<string, () => Promise<unknown>> = {
    'a setting': () => test.appliance.operations.settings.update({ name: 'another name' }, test.call),
    'a source': async () => {
      const { operations } = test.appliance
      const [source] = (await operations.sources.list({}, test.call)).items
      return operations.sources.update({ id: source?.id ?? '', name: 'renamed' }, test.call)
    },
    'a policy': () => test.appliance.operations.policies.update({ id: ids.policy.id, name: 'renamed' }, test.call),
    'a backup set': () => test.appliance.operations.sets.update({ id: ids.set.id, isEnabled: false }, test.call),
    'a vault': () => test.appliance.operations.vaults.update({ id: ids.vault.id, name: 'renamed' }, test.call),
    'a user': () =>
      test.appliance.operations.users.create(
        { name: 'somebody', password: 'a long enough one', role: 'viewer', sourceRoots: [], restoreRoots: [] },
        test.call,
      ),
  }

  it.each(Object.entries(changes))('after a change of %s', async (_what, change) => {
    const before = await copies()
    await change()
    expect(await copied(before)).toBeGreaterThan(before)
  })

  it('but not because somebody looked', async () => {
    const before = await copies()
    await test.appliance.operations.overview.get({}, test.call)
    await sleep(200)
    expect(await copies()).toBe(before)
  })
})
