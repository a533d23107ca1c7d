import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from 'vitest'

import { openDirectoryStorage, type Storage } from '../../core/storage/index.ts'
import { CONFIG, handle, listAll, listNames, numberedBody, randomBody, temporaryFolder } from './fixture.ts'

const pack = handle('pack', 1)
const PACK_FOLDER = `data/${pack.name.slice(0, 2)}`
const PACK_PATH = `${PACK_FOLDER}/${pack.name}`

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

/** Everything below a folder but empty folders of packs. */
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .toSorted()

async function openRepository(): Promise<{ folder: string; storage: Storage }> {
  const folder = join(temporaryFolder(), 'repository')
  const storage = openDirectoryStorage(folder)
  await storage.prepare()
  await storage.save(CONFIG, numberedBody(155, 1))
  return { folder, storage }
}

describe('a directory laid out as restic does it', () => {
  it('puts each kind where restic looks for it', async () => {
    const { folder, storage } = await openRepository()
    for (const kind of ['key', 'lock', 'snapshot', 'index', 'pack'] as const) {
      await storage.save(handle(kind, 1), randomBody(10))
    }
    const { name } = pack
    expect(filesBelow(folder)).toEqual(
      ['config', PACK_PATH, `index/${name}`, `keys/${name}`, `locks/${name}`, `snapshots/${name}`].toSorted(),
    )
    expect(readdirSync(join(folder, 'data'))).toHaveLength(256)
  })

  it('lets only the owner in, and nobody change a file', async () => {
    const { folder, storage } = await openRepository()
    await storage.save(pack, randomBody(10))
    for (const path of ['', 'keys', 'data', PACK_FOLDER]) expect(modeOf(join(folder, path)), path).toBe('700')
    for (const path of ['config', PACK_PATH]) expect(modeOf(join(folder, path)), path).toBe('400')
  })

  it('lets the group read what it makes where the group may read the config', async () => {
    const { folder } = await openRepository()
    chmodSync(join(folder, 'config'), 0o440)
    rmdirSync(join(folder, PACK_FOLDER))
    await openDirectoryStorage(folder).save(pack, randomBody(10))
    expect(modeOf(join(folder, PACK_PATH))).toBe('440')
    expect(modeOf(join(folder, PACK_FOLDER))).toMatch(/^7[57]0$/)
  })

  it('takes a relative path from where the process is when it is opened', async () => {
    const folder = temporaryFolder()
    const before = process.cwd()
    process.chdir(folder)
    const storage = openDirectoryStorage('here')
    process.chdir(before)
    await storage.prepare()
    expect(existsSync(join(folder, 'here/keys'))).toBe(true)
    expect(storage.location).toBe(join(folder, 'here'))
  })

  it('passes over everything in its folders that is not one of its files', async () => {
    const { folder, storage } = await openRepository()
    await storage.save(handle('key', 1), randomBody(10))
    await storage.save(pack, randomBody(10))
    const other = handle('pack', 2).name
    writeFileSync(join(folder, 'keys/README'), 'x')
    writeFileSync(join(folder, 'keys', `${other}-tmp-123456`), 'x')
    writeFileSync(join(folder, 'keys', `${other}-tmp-holdfast-0011223344556677-0`), 'x')
    writeFileSync(join(folder, 'keys', other.toUpperCase()), 'x')
    mkdirSync(join(folder, 'keys', other))
    symlinkSync('nowhere', join(folder, 'keys', handle('key', 3).name))
    writeFileSync(join(folder, 'data', other), 'x')
    writeFileSync(join(folder, PACK_FOLDER, other), 'x')
    expect(await listNames(storage, 'key')).toEqual([handle('key', 1).name])
    expect(await listNames(storage, 'pack')).toEqual([pack.name])
  })

  it('makes a missing folder again, as copying tools leave empty ones out', async () => {
    const { folder, storage } = await openRepository()
    for (const path of ['data', 'locks', 'snapshots']) rmSync(join(folder, path), { recursive: true })
    expect(await listAll(storage, 'pack')).toEqual([])
    expect(await listAll(storage, 'lock')).toEqual([])
    await expect(storage.load(pack)).rejects.toMatchObject({ code: 'storage/not-found' })
    await storage.save(pack, randomBody(10))
    await storage.save(handle('lock', 1), randomBody(10))
    expect(await listNames(storage, 'pack')).toEqual([pack.name])
    expect(modeOf(join(folder, 'data'))).toBe('700')
  })
})

describe('a directory whose disk has gone', () => {
  const vanish = {
    'has no folder any more': (folder: string) => renameSync(folder, `${folder}.away`),
    'is the bare mount point': (folder: string) => {
      renameSync(folder, `${folder}.away`)
      mkdirSync(folder)
    },
  }

  it.each(Object.entries(vanish))('is unreachable, never empty, when it %s', async (_, goAway) => {
    const { folder, storage } = await openRepository()
    await storage.save(pack, randomBody(10))
    goAway(folder)
    const failure = { code: 'storage/unreachable', retryable: true }
    await expect(storage.load(pack)).rejects.toMatchObject(failure)
    await expect(storage.stat(pack)).rejects.toMatchObject(failure)
    await expect(storage.remove(pack)).rejects.toMatchObject(failure)
    await expect(storage.save(handle('pack', 2), randomBody(10))).rejects.toMatchObject(failure)
    await expect(storage.save(handle('key', 2), randomBody(10))).rejects.toMatchObject(failure)
    for (const kind of ['pack', 'snapshot'] as const)
      await expect(listAll(storage, kind)).rejects.toMatchObject(failure)
    await expect(storage.load(CONFIG)).rejects.toMatchObject({ code: 'storage/not-found' })
    expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
  })

  it('is refused where a file stands in its way', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'file'), 'x')
    const failure = { code: 'storage/refused', retryable: false }
    await expect(openDirectoryStorage(join(folder, 'file')).prepare()).rejects.toMatchObject(failure)
    await expect(openDirectoryStorage(join(folder, 'file/below')).prepare()).rejects.toMatchObject(failure)
  })
})

describe('temporary files of a directory', () => {
  it('are gone after an abort, at whatever step it comes', async () => {
    const { folder, storage } = await openRepository()
    const before = filesBelow(folder)
    const outcomes: unknown[] = []
    for (let step = 0; step < 6; step++) {
      const control = new AbortController()
      const saving = storage.save(pack, randomBody(100_000), { signal: control.signal })
      const outcome = saving.catch((reason: unknown) => reason)
      for (let turn = 0; turn < step; turn++) await new Promise((resolve) => setImmediate(resolve))
      control.abort('enough')
      outcomes.push(await outcome)
      expect(filesBelow(folder).filter((path) => path.includes('-tmp-'))).toEqual([])
      if (outcomes.at(-1) === undefined) await storage.remove(pack)
      expect(filesBelow(folder)).toEqual(before)
    }
    expect(outcomes[0]).toBe('enough')
  })

  it('are swept when a day old, other programs’ files never', async () => {
    const { folder, storage } = await openRepository()
    const places = ['keys', 'locks', PACK_FOLDER]
    const [old, young, foreign] = ['-tmp-holdfast-00ff-1', '-tmp-holdfast-00ff-2', '-tmp-123'].map(
      (end) => pack.name + end,
    )
    for (const place of places) {
      for (const name of [old, young, foreign, 'notes']) writeFileSync(join(folder, place, name ?? ''), 'x')
      for (const [name, hours] of [
        [old, 25],
        [young, 23],
        [foreign, 999],
        ['notes', 999],
      ] as const) {
        const time = Date.now() / 1000 - hours * 60 * 60
        utimesSync(join(folder, place, name ?? ''), time, time)
      }
    }
    await storage.prepare()
    for (const place of places) {
      expect(new Set(readdirSync(join(folder, place)))).toEqual(new Set([young, foreign, 'notes']))
    }
  })
})

const isRoot = process.getuid?.() === 0

describe.skipIf(isRoot)(`permissions of a directory${isRoot ? ' (left out: root is refused nothing)' : ''}`, () => {
  it('are named when they are in the way, and nothing is left behind', async () => {
    const { folder, storage } = await openRepository()
    await storage.save(handle('key', 1), randomBody(10))
    const failure = { code: 'storage/refused', retryable: false, remedy: expect.stringContaining('right to write') }
    chmodSync(join(folder, 'keys'), 0o500)
    await expect(storage.save(handle('key', 2), randomBody(10))).rejects.toMatchObject(failure)
    await expect(storage.remove(handle('key', 1))).rejects.toMatchObject(failure)
    expect(await listNames(storage, 'key')).toEqual([handle('key', 1).name])
    chmodSync(join(folder, 'keys'), 0o000)
    const unreadable = { code: 'storage/refused', remedy: expect.stringContaining('right to read') }
    await expect(storage.load(handle('key', 1))).rejects.toMatchObject(unreadable)
    await expect(listAll(storage, 'key')).rejects.toMatchObject(unreadable)
    chmodSync(join(folder, 'keys'), 0o700)
    chmodSync(folder, 0o500)
    await expect(openDirectoryStorage(join(folder, 'new')).prepare()).rejects.toMatchObject(failure)
    chmodSync(folder, 0o700)
  })
})
