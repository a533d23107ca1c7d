import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Cache, Run } from '../../core/contract/index.ts'
import { ADMIN_PASSWORD, protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { until } from '../support/until.ts'

const caches = ({ appliance }: TestAppliance) => appliance.operations.caches
const cacheOf = (of: TestAppliance, id: string): Promise<Cache> => caches(of).get({ vaultId: id }, of.call)
const ended = async (of: TestAppliance, begun: Promise<Run>): Promise<Run> => of.ended((await begun).id)

/** How the run has ended that makes a cache ready. */
async function built(of: TestAppliance): Promise<Run | undefined> {
  const last = async (): Promise<Run | undefined> =>
    (await of.appliance.operations.runs.list({ kind: 'cache-build', limit: 1 }, of.call)).items[0]
  await until(async () => (await last())?.endedAt != null)
  return last()
}

/** Two appliances that know the same vault, each with a cache before it: of a lost proxy and its successor, say. */
describe('a vault of which two appliances know', () => {
  let root: string
  let first: TestAppliance
  let second: TestAppliance
  let vaultId: string
  let setId: string
  let otherId: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-cache-owner-'))
    for (const name of ['one', 'two', 'home']) await mkdir(join(root, name))
    await writeFile(join(root, 'home/letter'), randomBytes(2_000_000))
    first = await startAppliance(join(root, 'one'))
    second = await startAppliance(join(root, 'two'))
    const { vault, set } = await protectFolder(first, join(root, 'home'))
    vaultId = vault.id
    setId = set.id
    await attach(first, vaultId, 'one/cache')
    await until(async () => (await cacheOf(first, vaultId)).state !== 'building')
    const { vaults } = first.appliance.operations
    const { text } = await vaults.exportKit({ id: vaultId, password: ADMIN_PASSWORD, again: true }, first.call)
    const password = /^Password: *(\S+)$/m.exec(text)?.[1] ?? ''
    const wanted = {
      name: 'the same',
      location: { kind: 'directory' as const, path: join(root, 'one/vault') },
      password,
    }
    otherId = (await second.appliance.operations.vaults.create(wanted, second.call)).id
  })
  afterEach(async () => {
    await first[Symbol.asyncDispose]()
    await second[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const attach = (of: TestAppliance, id: string, folder: string, takeOver = false) =>
    caches(of).attach({ vaultId: id, folder: join(root, folder), takeOver }, of.call)
  const sync = () => ended(first, caches(first).sync({ vaultId, isLimited: false }, first.call))
  const inCloud = (folder: string) => readdir(join(root, 'one/vault', folder))

  it('has one owner: the cache of the other one is not made ready, and its prune removes nothing', async () => {
    await ended(first, first.appliance.operations.runs.backUp({ setId }, first.call))
    await attach(second, otherId, 'two/cache')
    const refused = await built(second)
    expect(refused?.state).toBe('failed')
    expect(refused?.cause.text).toContain('owns this vault’s place in the cloud')
    expect(refused?.remedy).toContain('holdfast cache take-over')
    expect((await cacheOf(second, otherId)).state).toBe('building')
    const { maintain } = second.appliance.operations.runs
    const prune = await ended(
      second,
      maintain({ kind: 'prune', vaultId: otherId, readData: false, confirm: true }, second.call),
    )
    expect(prune).toMatchObject({ state: 'failed', cause: { code: 'cache/not-owner' } })
    expect(await sync()).toMatchObject({ state: 'succeeded' })
  })

  it('is taken over by who says so; the one before sends nothing any more, and says why', async () => {
    await ended(first, first.appliance.operations.runs.backUp({ setId }, first.call))
    await attach(second, otherId, 'two/cache')
    await built(second)
    expect(await ended(second, caches(second).takeOver({ vaultId: otherId }, second.call))).toMatchObject({
      state: 'succeeded',
    })
    expect((await cacheOf(second, otherId)).state).toBe('incomplete')
    const failed = await sync()
    expect(failed).toMatchObject({ state: 'failed', cause: { code: 'cache/not-owner' } })
    expect(await inCloud('snapshots')).toEqual([])
    // And back again, as an administrator decides.
    expect(await ended(first, caches(first).takeOver({ vaultId }, first.call))).toMatchObject({ state: 'succeeded' })
    expect(await sync()).toMatchObject({ state: 'succeeded', cause: { code: 'synced' } })
    expect((await inCloud('snapshots')).length).toBe(1)
  })

  it('is free for the next one where a cache is taken away', async () => {
    await ended(first, caches(first).detach({ vaultId, isLost: false }, first.call))
    await attach(second, otherId, 'two/cache')
    expect(await built(second)).toMatchObject({ state: 'succeeded' })
  })

  it('is taken over as a cache is attached, where that is said', async () => {
    await attach(second, otherId, 'two/cache', true)
    expect(await built(second)).toMatchObject({ state: 'succeeded' })
  })
})
