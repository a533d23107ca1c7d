import { existsSync, readdirSync, readFileSync, renameSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { openDirectoryStorage, type FileKind, type Storage } from '../../core/storage/index.ts'
import { CONFIG, handle, isSame, listAll, listNames, numberedBody, randomBody, temporaryFolder } from './fixture.ts'

const pack = handle('pack', 1)
const PACK_FOLDER = `data/${pack.name.slice(0, 2)}`
const FOLDERS = {
  keys: 'key',
  locks: 'lock',
  snapshots: 'snapshot',
  index: 'index',
  data: 'pack',
  [PACK_FOLDER]: 'pack',
} as const satisfies Record<string, FileKind>
const KINDS = Object.entries(FOLDERS)

/** Two repositories: what is done in the one must not reach the other. */
let ours: { folder: string; storage: Storage }
let theirs: { folder: string; storage: Storage }
beforeEach(async () => {
  ours = await openRepository()
  theirs = await openRepository()
  for (const [, kind] of KINDS) await theirs.storage.save(handle(kind, 1), numberedBody(500, 3))
})

async function openRepository(): Promise<{ folder: string; storage: Storage }> {
  const folder = join(temporaryFolder(), 'repository')
  const storage = openDirectoryStorage(folder)
  await storage.prepare()
  await storage.save(CONFIG, numberedBody(155, 1))
  return { folder, storage }
}

/** Puts a link to one of their folders in the place of ours. */
function lead(path: string): void {
  renameSync(join(ours.folder, path), join(ours.folder, `${path}.away`))
  symlinkSync(join(theirs.folder, path), join(ours.folder, path))
}

/** What there is of them, folders too. */
function theirFiles(): string[] {
  return readdirSync(theirs.folder, { recursive: true, encoding: 'utf8' }).toSorted()
}

const refusal = (path: string): object => ({
  code: 'storage/refused',
  retryable: false,
  message: expect.stringContaining(`${join(ours.folder, path)} is a symbolic link`),
  safety: expect.stringContaining('Nothing was written or removed'),
  remedy: expect.stringContaining('mount --bind'),
})

describe.each(KINDS)('a link in the place of %s', (path, kind) => {
  it('is told before anything begins, and nothing is made behind it or swept', async () => {
    const left = join(theirs.folder, path, `${pack.name}-tmp-holdfast-00ff-1`)
    writeFileSync(left, 'half')
    utimesSync(left, 1_600_000_000, 1_600_000_000)
    lead(path)
    const before = theirFiles()
    await expect(ours.storage.prepare()).rejects.toMatchObject(refusal(path))
    await expect(openDirectoryStorage(ours.folder).prepare()).rejects.toMatchObject(refusal(path))
    expect(theirFiles()).toEqual(before)
  })

  it('leads to no removal and no writing, when it is put there later', async () => {
    lead(path)
    const before = theirFiles()
    await expect(ours.storage.remove(handle(kind, 1))).rejects.toMatchObject(refusal(path))
    await expect(ours.storage.save(handle(kind, 1), randomBody(10))).rejects.toMatchObject(refusal(path))
    expect(theirFiles()).toEqual(before)
    expect(isSame(await theirs.storage.load(handle(kind, 1)), numberedBody(500, 3))).toBe(true)
  })

  it('may be read through', async () => {
    lead(path)
    expect(isSame(await ours.storage.load(handle(kind, 1)), numberedBody(500, 3))).toBe(true)
    if (kind === 'lock') await expect(listAll(ours.storage, kind)).rejects.toMatchObject(refusal(path))
    else expect(await listAll(ours.storage, kind)).toEqual([{ name: handle(kind, 1).name, size: 500 }])
  })
})

describe('links of a repository', () => {
  it('that lead nowhere are refused too', async () => {
    renameSync(join(ours.folder, 'index'), join(ours.folder, 'away'))
    symlinkSync('nowhere', join(ours.folder, 'index'))
    await expect(ours.storage.prepare()).rejects.toMatchObject(refusal('index'))
    await expect(ours.storage.save(handle('index', 1), randomBody(10))).rejects.toMatchObject(refusal('index'))
    expect(existsSync(join(ours.folder, 'nowhere'))).toBe(false)
  })

  it('may lead to the repository itself, and stand for single files, which a removal leaves alone', async () => {
    await ours.storage.save(pack, numberedBody(500, 3))
    const [elsewhere, moved] = [join(ours.folder, '../elsewhere'), join(ours.folder, '../moved')]
    renameSync(join(ours.folder, PACK_FOLDER, pack.name), moved)
    symlinkSync(moved, join(ours.folder, PACK_FOLDER, pack.name))
    symlinkSync(ours.folder, elsewhere)
    const storage = openDirectoryStorage(elsewhere)
    await storage.prepare()
    expect(await listAll(storage, 'pack')).toEqual([{ name: pack.name, size: 500 }])
    expect(isSame(await storage.load(pack), numberedBody(500, 3))).toBe(true)
    await storage.save(handle('key', 1), randomBody(10))
    expect(await listNames(ours.storage, 'key')).toEqual([handle('key', 1).name])
    await storage.remove(pack)
    expect(await listNames(storage, 'pack')).toEqual([])
    expect(readFileSync(moved)).toHaveLength(500)
  })
})
