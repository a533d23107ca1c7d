import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { ADMIN_PASSWORD, protectFolder, startAppliance, type TestAppliance } from '../support/appliance.ts'

async function textOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  for await (const piece of content) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces).toString()
}

describe('the first day of an appliance', () => {
  let root: string
  let home: string
  let test: TestAppliance

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-appliance-'))
    home = join(root, 'home')
    await mkdir(join(home, 'docs'), { recursive: true })
    await writeFile(join(home, 'docs', 'letter.txt'), 'Dear Sirs,\n')
    await writeFile(join(home, 'docs', 'draft.tmp'), 'never mind\n')
    test = await startAppliance(root)
  })

  afterEach(async () => {
    await test[Symbol.asyncDispose]()
    await rm(root, { recursive: true, force: true })
  })

  const protect = () => protectFolder(test, home, { excludes: ['*.tmp'] })

  it('protects a folder, looks into the recovery point, and brings it back', async () => {
    const { appliance, call, ended } = test
    const { operations } = appliance
    const { set, vault } = await protect()
    expect(set.protection).toBe('never')

    const run = await ended((await operations.runs.backUp({ setId: set.id }, call)).id)
    expect(run).toMatchObject({ state: 'succeeded', attempt: 1, requestedBy: 'admin', trigger: 'manual' })
    expect(run.result).toMatchObject({ filesNew: 1, filesMissed: 0 })

    const { items: points } = await operations.points.list({ limit: 50, setId: set.id }, call)
    expect(points).toHaveLength(1)
    const [point] = points
    if (!point) throw new Error('no point')
    expect(point.timeZone).toMatch(/^[+-]\d\d:\d\d$|^\w/)
    expect(point).toMatchObject({ isComplete: true, kind: 'full', temperature: 'warm', host: 'nas-01', roots: [home] })
    const listed = await operations.points.browse({ id: point.id, path: join(home, 'docs'), limit: 50 }, call)
    expect(listed.items.map(({ name, type }) => [name, type])).toEqual([['letter.txt', 'file']])
    const found = await operations.points.find({ id: point.id, pattern: 'letter', path: '/', limit: 50 }, call)
    expect(found.items.map(({ path }) => path)).toEqual([join(home, 'docs', 'letter.txt')])

    const file = await appliance.download({ pointId: point.id, path: join(home, 'docs', 'letter.txt') }, call)
    expect([file.fileName, file.size, await textOf(file.content)]).toEqual(['letter.txt', 11n, 'Dear Sirs,\n'])
    const folder = await appliance.download({ pointId: point.id, path: join(home, 'docs') }, call)
    expect([folder.fileName, await textOf(folder.content)]).toEqual([
      'docs.tar',
      expect.stringContaining('docs/letter.txt'),
    ])

    const request = {
      pointId: point.id,
      paths: [join(home, 'docs')],
      target: { kind: 'folder', path: join(root, 'back') },
      overwrite: 'if-changed',
      verify: true,
    } as const
    const plan = await operations.restores.plan({ ...request, paths: [...request.paths] }, call)
    expect(plan).toMatchObject({ files: 1, bytes: 11, hasRoom: true, existing: 0 })
    const restored = await ended((await operations.restores.start({ ...request, paths: [...request.paths] }, call)).id)
    expect(restored).toMatchObject({ state: 'succeeded', kind: 'restore' })
    expect(await readFile(join(root, 'back', home, 'docs', 'letter.txt'), 'utf8')).toBe('Dear Sirs,\n')

    expect(await operations.sets.get({ id: set.id }, call)).toMatchObject({ protection: 'protected', points: 1 })
    expect((await operations.overview.get(undefined, call)).state).toBe('protected')
    for (const kind of ['check', 'verify', 'forget', 'prune', 'catalog-backup'] as const) {
      const kept = await ended(
        (await operations.runs.maintain({ vaultId: vault.id, kind, readData: false, confirm: false }, call)).id,
      )
      expect([kind, kept.state, kept.cause]).toEqual([kind, 'succeeded', kept.cause])
    }
    const { newestPointAt } = await operations.sets.get({ id: set.id }, call)
    expect(await operations.vaults.get({ id: vault.id }, call)).toMatchObject({ points: 1, newestPointAt })
    expect(newestPointAt).not.toBeNull()
    expect((await operations.sets.get({ id: set.id }, call)).lastVerifiedAt).toBeNull()
    const asked = { vaultId: vault.id, setId: set.id, kind: 'verify', readData: false, confirm: false } as const
    await ended((await operations.runs.maintain(asked, call)).id)
    expect((await operations.sets.get({ id: set.id }, call)).lastVerifiedAt).not.toBeNull()
  })

  it('backs up all else where one of several folders is not there, and says which (RET-21)', async () => {
    const { appliance, call, ended } = test
    const { runs, sets, points } = appliance.operations
    const [disk, away] = [join(root, 'disk'), join(root, 'away')]
    const { set } = await protect()
    const others = { excludeCaches: true, excludeLargerThan: null, oneFileSystem: false }
    const wanted = { ...others, roots: [home, disk], excludes: ['*.tmp'] }
    await expect(sets.update({ id: set.id, content: wanted }, call)).rejects.toMatchObject({
      code: 'input/invalid',
      message: `There is nothing at ${disk}.`,
      remedy: expect.stringContaining('--allow-missing') as unknown,
      context: { field: 'content.roots' },
    })
    await sets.update({ id: set.id, content: wanted, allowMissingRoots: true }, call)
    // It is known, and no reason to refuse what else is changed.
    await sets.update({ id: set.id, content: { ...wanted, excludes: ['*.bak'] } }, call)
    const backUp = async () => ended((await runs.backUp({ setId: set.id }, call)).id)
    const newest = async () => (await points.list({ limit: 1, setId: set.id }, call)).items[0]

    await mkdir(disk)
    await writeFile(join(disk, 'photo.raw'), 'light')
    expect(await backUp()).toMatchObject({ state: 'succeeded', result: { filesMissed: 0 } })
    expect(await newest()).toMatchObject({ isComplete: true, roots: [home, disk] })

    await rename(disk, away)
    for (let day = 0; day < 2; day++) {
      const run = await backUp()
      expect(run).toMatchObject({
        state: 'warning',
        cause: {
          code: 'roots-missing',
          text: `${disk} is not there or not mounted, and not in this recovery point; all else is.`,
        },
        remedy: expect.stringContaining('take it out of the backup set') as unknown,
        // Compared with what was there before: nothing of the others is read anew.
        result: { filesNew: 0, filesMissed: 1, bytesAdded: expect.any(Number) as unknown },
      })
      expect((await runs.missed({ id: run.id, limit: 10 }, call)).items).toEqual([
        { path: disk, kind: 'root-missing', reason: 'it is not there' },
      ])
      expect(await newest()).toMatchObject({ isComplete: false, filesMissed: 1, roots: [home] })
    }
    const complete = (await points.list({ limit: 10, setId: set.id }, call)).items.find((each) => each.isComplete)
    expect((await sets.get({ id: set.id }, call)).newestCompletePointAt).toBe(complete?.completedAt)

    // Its mount point is there, with nothing in it.
    await mkdir(disk)
    const unmounted = await backUp()
    expect(unmounted).toMatchObject({ state: 'warning', cause: { code: 'roots-missing' }, result: { filesMissed: 1 } })
    expect((await runs.missed({ id: unmounted.id, limit: 10 }, call)).items).toEqual([
      { path: disk, kind: 'root-missing', reason: 'it is empty, and another folder than before' },
    ])
    expect(await newest()).toMatchObject({ isComplete: false, roots: [home] })
    await rmdir(disk)

    await rename(away, disk)
    expect(await backUp()).toMatchObject({ state: 'succeeded', result: { filesUnmodified: 3, filesMissed: 0 } })
    expect(await newest()).toMatchObject({ isComplete: true, roots: [home, disk] })

    await rename(disk, away)
    await rename(home, join(root, 'home-away'))
    expect(await backUp()).toMatchObject({ state: 'failed', cause: { code: 'source/not-found' } })
    expect(await newest()).toMatchObject({ isComplete: true })
  })

  it('exports a recovery kit by which stock restic restores', async () => {
    const { appliance, call, ended } = test
    const { operations } = appliance
    const { set, vault } = await protect()
    await ended((await operations.runs.backUp({ setId: set.id }, call)).id)
    const { text } = await operations.vaults.exportKit({ id: vault.id, password: ADMIN_PASSWORD, again: false }, call)
    const password = /^Password: +(\S+)$/m.exec(text)?.[1] ?? ''
    const file = join(root, 'kit-password')
    await writeFile(file, `${password}\n`)
    const { status, stderr } = spawnSync(
      'restic',
      ['-r', join(root, 'vault'), '-p', file, 'restore', 'latest', '--target', join(root, 'by-restic')],
      { encoding: 'utf8' },
    )
    expect([status, stderr]).toEqual([0, ''])
    expect(await readFile(join(root, 'by-restic', home, 'docs', 'letter.txt'), 'utf8')).toBe('Dear Sirs,\n')
    expect((await operations.vaults.get({ id: vault.id }, call)).kitExportedAt).not.toBeNull()
  })

  it('goes on where it was when it is started again', async () => {
    const { appliance, call, ended } = test
    const { set } = await protect()
    await ended((await appliance.operations.runs.backUp({ setId: set.id }, call)).id)
    await test[Symbol.asyncDispose]()
    test = await startAppliance(root)
    const { operations } = test.appliance
    expect(await operations.sets.get({ id: set.id }, test.call)).toMatchObject({ points: 1, protection: 'protected' })
    const again = await test.ended((await operations.runs.backUp({ setId: set.id }, test.call)).id)
    expect(again).toMatchObject({ state: 'succeeded', result: { filesNew: 0, filesChanged: 0, filesUnmodified: 1 } })
  })

  it('refuses a second appliance on the same data folder', async () => {
    await expect(startAppliance(root)).rejects.toMatchObject({ code: 'service/busy' })
  })
})
