import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openDataFolder, rebuildCatalog, type Rebuilt } from '../../core/appliance/index.ts'
import { systemChance } from '../../core/base/index.ts'
import { ADMIN_PASSWORD, protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'
import { until } from '../support/until.ts'

describe('the catalog of a lost appliance', () => {
  let root: string
  let test: TestAppliance
  let password: string
  let catalogKey: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-rebuild-'))
    await mkdir(join(root, 'home'))
    await writeFile(join(root, 'home', 'letter.txt'), 'Dear Sirs,\n')
    test = await startAppliance(root)
  })

  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  /** Backs up, stores the catalog, backs up once more, and loses the appliance. */
  async function loseAppliance(): Promise<void> {
    const { operations } = test.appliance
    const { vault, set } = await protectFolder(test, join(root, 'home'))
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    const kit = await operations.vaults.exportKit({ id: vault.id, password: ADMIN_PASSWORD, again: false }, test.call)
    password = /^Password: +(\S+)$/m.exec(kit.text)?.[1] ?? ''
    catalogKey = /^Catalog key: +(\S+)$/m.exec(kit.text)?.[1] ?? ''
    const stored = await operations.runs.maintain(
      { vaultId: vault.id, kind: 'catalog-backup', readData: false, confirm: false },
      test.call,
    )
    expect(await test.ended(stored.id)).toMatchObject({ state: 'succeeded' })
    await writeFile(join(root, 'home', 'second.txt'), 'and another\n')
    await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    await test[Symbol.asyncDispose]()
    await rm(join(root, 'appliance'), { recursive: true })
  }

  async function rebuild(key = catalogKey): Promise<Rebuilt> {
    await using folder = await openDataFolder(join(root, 'appliance'))
    return await rebuildCatalog({
      folder,
      environment: {},
      place: { kind: 'directory', path: join(root, 'vault') },
      password,
      catalogKey: key,
      chance: systemChance,
    })
  }

  it('is built anew from a vault alone: sets, policies, users, and points that came later', async () => {
    await loseAppliance()
    expect(await rebuild()).toMatchObject({ vaults: 1, sets: 1, points: 1 })

    test = await startAppliance(root)
    const { operations } = test.appliance
    const { items: sets } = await operations.sets.list(undefined, test.call)
    expect(sets).toMatchObject([
      { name: 'home', content: { roots: [join(root, 'home')] }, policy: { name: 'by hand' } },
    ])
    const set = sets[0]
    if (!set) throw new Error('no set')
    const { items: vaults } = await operations.vaults.list(undefined, test.call)
    await until(async () => (await operations.vaults.get({ id: vaults[0]?.id ?? '' }, test.call)).points === 2)
    // It works on: the vault's password came with the copy.
    const run = await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    expect(run).toMatchObject({ state: 'succeeded', cause: { code: 'nothing-new' } })
  })

  it('holds no session and no token, and nothing secret in clear', async () => {
    await loseAppliance()
    const file = join(root, 'pw')
    await writeFile(file, password)
    const restic = (...args: string[]): number | null =>
      spawnSync('restic', ['-r', join(root, 'vault'), '-p', file, '--no-cache', ...args]).status
    expect(restic('restore', 'latest', '--tag', 'holdfast-catalog', '--target', join(root, 'copy'))).toBe(0)
    const work = join(root, 'copy', root, 'appliance', 'work')
    const [folder = ''] = await readdir(work)
    const copy = join(work, folder, 'catalog.db')
    const database = new DatabaseSync(copy, { readOnly: true })
    for (const table of ['session', 'token'])
      expect(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()).toEqual({ count: 0 })
    database.close()
    expect((await readFile(copy)).includes(password)).toBe(false)

    // Whoever can write to the vault puts newer copies there: one that was changed, and one that nobody has signed.
    const forged = new DatabaseSync(copy)
    forged.exec(`UPDATE person SET name = 'mallory', name_key = 'mallory'`)
    forged.close()
    expect(restic('backup', '--tag', 'holdfast-catalog', join(work, folder))).toBe(0)
    await rm(join(work, folder, 'catalog.json'))
    expect(restic('backup', '--tag', 'holdfast-catalog', join(work, folder))).toBe(0)
    expect(await rebuild()).toMatchObject({ vaults: 1, sets: 1, points: 1 })
    const rebuilt = new DatabaseSync(join(root, 'appliance', 'catalog.db'), { readOnly: true })
    expect(rebuilt.prepare('SELECT name FROM person').all()).toMatchObject([{ name: 'admin' }])
    rebuilt.close()
  })

  it('is that of the newest copy by what is signed: an old one that is stored again comes after it', async () => {
    await loseAppliance()
    const file = join(root, 'pw')
    await writeFile(file, password)
    const restic = (...args: string[]): number | null =>
      spawnSync('restic', ['-r', join(root, 'vault'), '-p', file, '--no-cache', ...args]).status
    expect(restic('restore', 'latest', '--tag', 'holdfast-catalog', '--target', join(root, 'old'))).toBe(0)
    const work = join(root, 'old', root, 'appliance', 'work')
    const [folder = ''] = await readdir(work)

    await rebuild()
    test = await startAppliance(root)
    const { operations } = test.appliance
    const [set] = (await operations.sets.list(undefined, test.call)).items
    if (!set) throw new Error('no set')
    await operations.sets.update({ id: set.id, name: 'renamed since' }, test.call)
    const wanted = { vaultId: set.vault.id, kind: 'catalog-backup', readData: false, confirm: false } as const
    expect(await test.ended((await operations.runs.maintain(wanted, test.call)).id)).toMatchObject({
      state: 'succeeded',
    })
    await test[Symbol.asyncDispose]()
    await rm(join(root, 'appliance'), { recursive: true })

    // Who knows the vault's password alone can do so.
    const later = ['--tag', 'holdfast-catalog', '--time', '2099-01-01 00:00:00']
    expect(restic('backup', ...later, join(work, folder))).toBe(0)
    await rebuild()
    const rebuilt = new DatabaseSync(join(root, 'appliance', 'catalog.db'), { readOnly: true })
    expect(rebuilt.prepare('SELECT name FROM backup_set').all()).toMatchObject([{ name: 'renamed since' }])
    rebuilt.close()
  })

  it('is refused where no copy is signed with the key of the kit', async () => {
    await loseAppliance()
    await expect(rebuild(Buffer.alloc(32, 7).toString('base64url'))).rejects.toMatchObject({
      code: 'secret/unreadable',
    })
    const right = password
    password = 'of another vault'
    await expect(rebuild()).rejects.toMatchObject({
      code: 'repository/wrong-password',
      message: `The vault ${join(root, 'vault')} does not open with this password.`,
      remedy: expect.stringContaining('the line behind "Password"') as unknown,
      context: { field: 'password' },
    })
    password = right
    await expect(rebuild('nonsense')).rejects.toMatchObject({ code: 'input/invalid' })
    test = await startAppliance(root)
    await expect(test[Symbol.asyncDispose]().then(() => rebuild())).rejects.toMatchObject({ code: 'object/conflict' })
    test = await startAppliance(root)
  })
})
