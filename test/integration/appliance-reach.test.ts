import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type Call, openAppliance, openDataFolder, silentLog } from '../../core/appliance/index.ts'
import { systemChance, systemClock } from '../../core/base/index.ts'
import { Content } from '../../core/contract/index.ts'
import { protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'

const FORBIDDEN = { code: 'policy/forbidden' }

describe('what somebody with less rights may reach', () => {
  let root: string
  let home: string
  let test: TestAppliance
  /** Restores what is alice's, to where alice restores. */
  let alice: Call
  /** The same folders, and starts and stops runs. */
  let operator: Call
  let setId: string
  let pointId: string

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-reach-'))
    home = join(root, 'home')
    for (const folder of ['home/alice', 'home/bob', 'restore/alice'])
      await mkdir(join(root, folder), { recursive: true })
    await writeFile(join(home, 'alice', 'mine.txt'), 'mine')
    await writeFile(join(home, 'bob', 'salary.txt'), 'secret')
    test = await startAppliance(root)
    const roots = { sourceRoots: [join(home, 'alice')], restoreRoots: [join(root, 'restore', 'alice')] }
    alice = test.as({ ...roots, role: 'restore-only', name: 'alice', access: ['own', 'view', 'browse', 'restore'] })
    operator = test.as({
      ...roots,
      role: 'operator',
      name: 'op',
      access: ['own', 'view', 'browse', 'restore', 'operate'],
    })
    const { operations } = test.appliance
    ;({ id: setId } = (await protectFolder(test, home)).set)
    await test.ended((await operations.runs.backUp({ setId }, test.call)).id)
    pointId = (await operations.points.list({ limit: 1 }, test.call)).items[0]?.id ?? ''
  })
  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  /** Asked for by an administrator, and stopped at once. */
  const stopped = async (id: string): Promise<string> => {
    await test.appliance.operations.runs.cancel({ id }, test.call)
    expect(await test.ended(id)).toMatchObject({ state: 'cancelled' })
    return id
  }

  it('has nothing done again that one could not have asked for oneself', async () => {
    const { operations } = test.appliance
    const target = { kind: 'folder', path: join(root, 'elsewhere') } as const
    const asked = { pointId, paths: [join(home, 'bob')], target, overwrite: 'never', verify: false } as const
    const restore = await operations.restores.start({ ...asked, paths: [...asked.paths] }, test.call)
    const id = await stopped(restore.id)
    await expect(operations.runs.retry({ id }, operator)).rejects.toMatchObject(FORBIDDEN)
    const mayNotRestore = test.as({ access: ['view', 'operate'] })
    await expect(operations.runs.retry({ id }, mayNotRestore)).rejects.toMatchObject(FORBIDDEN)
    await expect(readFile(join(root, 'elsewhere', home, 'bob', 'salary.txt'))).rejects.toThrow('ENOENT')
    await test.ended((await operations.runs.retry({ id }, test.call)).id)
    expect(await readFile(join(root, 'elsewhere', home, 'bob', 'salary.txt'), 'utf8')).toBe('secret')

    const { runId } = await operations.points.forget({ id: pointId }, test.call)
    await stopped(runId)
    await expect(operations.runs.retry({ id: runId }, operator)).rejects.toMatchObject(FORBIDDEN)
  })

  it('has no points removed that are of folders of others, whatever one may start', async () => {
    const { operations } = test.appliance
    const { items } = await operations.vaults.list(undefined, test.call)
    const vaultId = items[0]?.id ?? ''
    const maintain = async (call: Call, kind: 'forget' | 'prune' | 'check', confirm = false, ofSet?: string) => {
      const { id } = await operations.runs.maintain({ vaultId, kind, readData: false, confirm, setId: ofSet }, call)
      return (await test.ended(id)).state
    }
    const refused = { ...FORBIDDEN, message: expect.stringMatching(/not open to you: home\.$/) as unknown }
    for (const kind of ['forget', 'prune'] as const)
      for (const confirm of [false, true])
        await expect(maintain(operator, kind, confirm)).rejects.toMatchObject(refused)
    await expect(maintain(operator, 'forget', true, setId)).rejects.toMatchObject(refused)
    await expect(maintain(operator, 'forget')).rejects.toMatchObject({
      remedy: expect.stringContaining('ask an administrator, or somebody who may see all of these folders') as unknown,
    })
    expect(await maintain(operator, 'check')).toBe('succeeded')

    // Nor is done again what an administrator has confirmed.
    for (const kind of ['forget', 'prune'] as const) {
      const asked = { vaultId, kind, readData: false, confirm: true }
      const { id } = await operations.runs.maintain(asked, test.call)
      await expect(operations.runs.retry({ id: await stopped(id) }, operator)).rejects.toMatchObject(refused)
    }
  })

  it('has points removed by whoever may see all of their folders, and by administrators', async () => {
    const { operations } = test.appliance
    const { items } = await operations.vaults.list(undefined, test.call)
    const vaultId = items[0]?.id ?? ''
    const forget = async (call: Call, ofSet?: string) => {
      const asked = { vaultId, kind: 'forget', readData: false, confirm: true, setId: ofSet } as const
      return (await test.ended((await operations.runs.maintain(asked, call)).id)).state
    }
    const may = ['view', 'browse', 'restore', 'operate'] as const
    const operatorOf = (sourceRoots: string[] | null): Call =>
      test.as({ role: 'operator', name: 'op', access: [...may], sourceRoots })
    for (const roots of [null, [home], ['/'], [join(home, 'nobody'), root]])
      expect(await forget(operatorOf(roots))).toBe('succeeded')
    expect(await forget(test.as({ sourceRoots: [join(home, 'alice')] }))).toBe('succeeded')
    const token = test.as({ sourceRoots: [join(home, 'alice')], access: [...may] })
    await expect(forget(token)).rejects.toMatchObject(FORBIDDEN)

    // A set of her own among others.
    const { name: _name, ...like } = await operations.sets.get({ id: setId }, test.call)
    const own = Content.parse({ ...like.content, roots: [join(home, 'alice')] })
    const of = { sourceId: like.source.id, vaultId, policyId: like.policy.id, isEnabled: true }
    const hers = await operations.sets.create({ ...of, name: 'hers', content: own }, test.call)
    expect(await forget(operator, hers.id)).toBe('succeeded')
    await expect(forget(operator)).rejects.toMatchObject(FORBIDDEN)
    // What the set protects now is hers; its points are of all.
    await operations.sets.update({ id: setId, content: own }, test.call)
    await expect(forget(operator, setId)).rejects.toMatchObject(FORBIDDEN)
    await expect(forget(operator)).rejects.toMatchObject(FORBIDDEN)
  })

  it('tells no names of folders that a link in one’s own leads to', async () => {
    const { operations } = test.appliance
    const mine = join(root, 'restore', 'alice')
    await mkdir(join(mine, 'plain', 'inner'), { recursive: true })
    await symlink(join(home, 'bob'), join(mine, 'link'))
    await symlink('/etc', join(mine, 'etc'))
    const browse = async (path: string) => (await operations.restores.browseTarget({ path, limit: 100 }, alice)).items
    expect((await browse(join(mine, 'plain'))).map(({ name }) => name)).toEqual(['inner'])
    expect((await browse('/')).map(({ name }) => name)).toEqual([root.split('/')[1]])
    for (const name of ['link', 'etc', 'etc/ssl'])
      await expect(browse(join(mine, name))).rejects.toMatchObject(FORBIDDEN)
  })

  it('plans no restore that tells what lies behind a link', async () => {
    const { operations } = test.appliance
    const mine = join(root, 'restore', 'alice')
    const plan = async () => {
      const target = { kind: 'folder', path: mine } as const
      const paths = [join(home, 'alice')]
      return operations.restores.plan({ pointId, paths, target, overwrite: 'never', verify: false }, alice)
    }
    await mkdir(join(mine, home, 'alice'), { recursive: true })
    await writeFile(join(mine, home, 'alice', 'mine.txt'), '')
    expect(await plan()).toMatchObject({ files: 1, existing: 1 })
    await rm(join(mine, home.split('/')[1] ?? ''), { recursive: true })
    await symlink(root, join(mine, home.split('/')[1] ?? ''))
    await mkdir(join(root, home.split('/').slice(2).join('/'), 'alice'), { recursive: true })
    await writeFile(join(root, home.split('/').slice(2).join('/'), 'alice', 'mine.txt'), '')
    expect(await plan()).toMatchObject({ files: 1, existing: 0 })
  })

  it('counts what is asked for twice once, and lets nobody fill the queue with restores', async () => {
    const { operations } = test.appliance
    const mine = join(home, 'alice')
    const target = { kind: 'folder', path: join(root, 'restore', 'alice') } as const
    const paths = [mine, `${mine}/`, mine, join(mine, 'mine.txt')]
    const asked = { pointId, paths, target, overwrite: 'never', verify: false } as const
    expect(await operations.restores.plan({ ...asked, paths }, alice)).toMatchObject({ files: 1, bytes: 4 })
    const begun = await Promise.allSettled(
      Array.from({ length: 40 }, () => operations.restores.start({ ...asked, paths }, alice)),
    )
    expect(begun.some(({ status }) => status === 'fulfilled')).toBe(true)
    expect(begun.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'object/conflict' } })
  })

  it('searches nowhere else, and is told of no file that is not one’s own', async () => {
    const { operations } = test.appliance
    const find = (path: string) => operations.points.find({ id: pointId, pattern: '*', path, limit: 10 }, alice)
    for (const name of ['bob', 'bob/salary.txt', 'bob/nothing.txt'])
      await expect(find(join(home, name))).rejects.toMatchObject(FORBIDDEN)
    expect((await find(join(home, 'alice'))).items.map(({ name }) => name)).toEqual(['mine.txt'])

    const content = {
      roots: ['/proc/1/mem'],
      excludes: [],
      excludeCaches: true,
      excludeLargerThan: null,
      oneFileSystem: false,
    }
    await operations.sets.update({ id: setId, content: { ...content, roots: [home, '/proc/1/mem'] } }, test.call)
    const run = await test.ended((await operations.runs.backUp({ setId }, test.call)).id)
    expect((await operations.runs.missed({ id: run.id, limit: 10 }, test.call)).items).toHaveLength(1)
    expect((await operations.runs.missed({ id: run.id, limit: 10 }, alice)).items).toEqual([])
  })

  it('restores over no vault and over no program, whatever else one may write to', async () => {
    const { operations } = test.appliance
    await symlink(join(root, 'vault'), join(root, 'restore', 'by-another-name'))
    const wide = test.as({ role: 'operator', name: 'op', access: ['restore'], restoreRoots: [root] })
    const plan = (path: string, call: Call) =>
      operations.restores.plan(
        { pointId, paths: [home], target: { kind: 'folder', path }, overwrite: 'always', verify: false },
        call,
      )
    for (const place of ['vault', 'vault/data', 'restore/by-another-name', 'program/out', 'appliance'])
      await expect(plan(join(root, place), wide)).rejects.toMatchObject(FORBIDDEN)
    expect(await plan(join(root, 'restore'), wide)).toMatchObject({ files: 2 })
    expect(await plan(join(root, 'vault'), test.call)).toMatchObject({ files: 2 })
  })

  it('keeps what the appliance keeps to itself, by whatever link it was started', async () => {
    await test[Symbol.asyncDispose]()
    await symlink(join(root, 'appliance'), join(root, 'data-link'))
    await using folder = await openDataFolder(join(root, 'data-link'))
    expect(folder.path).toBe(join(root, 'appliance'))
    expect(folder.catalog).toBe(join(root, 'appliance', 'catalog.db'))
  })
})

it('a new password ends whoever was signing in with the old one, too', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-late-'))
  try {
    await using test = await startAppliance(root)
    const { operations } = test.appliance
    const passwords = ['the first long password', 'the second long password', 'the third long password']
    const [first = ''] = passwords
    const berta = { name: 'berta', password: first, role: 'viewer', sourceRoots: null, restoreRoots: null } as const
    const { id } = await operations.users.create(berta, test.call)
    const secrets: string[] = []
    for (const [round, password] of passwords.slice(0, -1).entries()) {
      const call: Call = {
        caller: undefined,
        address: '127.0.0.1',
        setSession: (begun) => void (begun && secrets.push(begun.secret)),
      }
      const late = [1, 2, 3].map(() => operations.session.signIn({ name: 'berta', password }, call))
      const next = passwords[round + 1] ?? ''
      await Promise.allSettled([operations.users.update({ id, password: next, removeTotp: false }, test.call), ...late])
    }
    for (const secret of secrets)
      expect(await test.appliance.authenticate(secret, 'session', '127.0.0.1')).toBeUndefined()
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})

it('of several who come with the one-time link at once, one is the first administrator', async () => {
  const root = await mkdtemp(join(tmpdir(), 'holdfast-first-'))
  try {
    await using folder = await openDataFolder(join(root, 'appliance'))
    const options = {
      folder,
      environment: {},
      version: '0.0.0-test',
      log: silentLog(),
      clock: systemClock,
      chance: systemChance,
    }
    const appliance = await openAppliance(options)
    try {
      const anybody: Call = { caller: undefined, address: '127.0.0.1', setSession: () => undefined }
      const token = appliance.setupToken ?? ''
      const come = ['anna', 'berta', 'carla'].map((name) =>
        appliance.operations.setup.begin({ token, name, password: 'correct horse battery' }, anybody),
      )
      const seen = await Promise.allSettled(come)
      expect(seen.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    } finally {
      await appliance.close()
    }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
})
