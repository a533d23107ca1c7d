import { execFileSync } from 'node:child_process'
import { randomFillSync } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUp, type BackupOptions, type BackupResult } from '../../core/archiver/index.ts'
import { createDescriptorHolder } from '../../core/source/file-server/descriptor-folder.ts'
import { createFolderOpener } from '../../core/source/file-server/open-folder.ts'
import { createAttributeReader, type OpenFolder, openFileServerReader } from '../../core/source/index.ts'
import { openMemoryStorage } from '../../core/storage/index.ts'
import { backupOptions } from '../support/backup-options.ts'
import { makeRepositories } from '../support/made-repository.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { beforeSave } from '../support/storage-hook.ts'

const newRepository = await makeRepositories()
const MIB = 1024 * 1024
/** More than a worker can read before its first pack is stored. */
const LARGE = randomFillSync(Buffer.alloc(96 * MIB))

let home = ''
const at = (name: string): string => join(home, name)

function write(name: string, content: string | Buffer): void {
  mkdirSync(join(home, name, '..'), { recursive: true })
  writeFileSync(at(name), content)
}

/** Puts a link to the secret in the place of a folder. */
function exchange(name: string, secret = 'secret'): void {
  renameSync(at(name), at('moved away'))
  symlinkSync(at(secret), at(name))
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it is not there')
  return value
}

function openFolder(name: string, most?: number): OpenFolder {
  const reader = openFileServerReader(undefined, most === undefined ? undefined : createDescriptorHolder(most))
  const path = Buffer.from(at(name))
  return present(reader.openFolder({ path, readFrom: path }))
}

function note(name: string, value: string): void {
  execFileSync('setfattr', ['-n', 'user.note', '-v', value, at(name)])
}

function openWithoutKoffi(name: string): OpenFolder {
  const open = createFolderOpener(undefined, createAttributeReader(undefined), createDescriptorHolder())
  const path = Buffer.from(at(name))
  return present(open({ path, readFrom: path }))
}

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-exchanged-'))
  for (const name of ['a', 'file', 'inner/b', 'link', 'z']) write(`secret/${name}`, 'a secret')
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

interface Run {
  readonly result: BackupResult
  readonly files: ReadonlyMap<string, Buffer>
}

/** Backs up `source`; when the beginning of a large file in it was read, and its end cannot have been, all waits for `change`. */
async function backUpWhile(change: () => void, changes: Partial<BackupOptions> = {}): Promise<Run> {
  let isDone = false
  const storage = beforeSave(openMemoryStorage(), () => {
    if (!isDone) change()
    isDone = true
  })
  const repository = newRepository(storage)
  const options = backupOptions(at('source'), { packBytes: 4 * MIB, ...changes })
  const result = await backUp(repository, repository.loadIndex({ purpose: 'refer' }), options)
  expect(isDone).toBe(true)
  const { files } = await restoreRepository(repository, result.snapshot ?? '', home)
  return { result, files: new Map([...files].map(([path, content]) => [path.slice(at('source/').length), content])) }
}

const secretsIn = (files: ReadonlyMap<string, Buffer>): string[] =>
  [...files].filter(([, content]) => content.toString('latin1', 0, 100).includes('secret')).map(([name]) => name)

describe('a folder that is exchanged for a link while a backup runs', () => {
  it('is read on where it is: nothing of what the link leads to is stored', async () => {
    write('source/folder/LARGE', LARGE)
    for (const name of ['a', 'inner/b', 'z']) write(`source/folder/${name}`, 'ours')
    symlinkSync('ours', at('source/folder/link'))
    const { files, result } = await backUpWhile(() => exchange('source/folder'))
    expect(secretsIn(files)).toEqual([])
    expect([...files.keys()].toSorted()).toEqual(['folder/LARGE', 'folder/a', 'folder/inner/b', 'folder/z'])
    expect(result.missed).toEqual([])
  })

  it('is so where a folder above it is exchanged, and others help with it', async () => {
    for (const part of ['1', '2', '3']) write(`source/top/folder/LARGE${part}`, LARGE)
    for (let file = 0; file < 50; file++) {
      write(`source/top/folder/${file}`, 'ours')
      write(`secret/folder/${file}`, 'a secret')
    }
    const { files, result } = await backUpWhile(() => exchange('source/top'), { workers: 3 })
    expect(secretsIn(files)).toEqual([])
    expect(files.size).toBe(53)
    expect(result.missed).toEqual([])
  })

  it('as the target itself makes no recovery point, though it is put back before the end', async () => {
    write('source/file', 'ours')
    const putBack = (): void => {
      renameSync(at('source'), at('secret'))
      renameSync(at('moved away'), at('source'))
    }
    const repository = newRepository(beforeSave(openMemoryStorage(), putBack))
    const backup = backUp(repository, repository.loadIndex({ purpose: 'refer' }), {
      ...backupOptions(at('source')),
      // Called when the target was identified, and nobody has opened it.
      onParent() {
        renameSync(at('source'), at('moved away'))
        renameSync(at('secret'), at('source'))
      },
    })
    await expect(backup).rejects.toMatchObject({ code: 'source/vanished' })
  })
})

describe('an open folder', () => {
  it.each(['with', 'without'])('leads nowhere else when an entry is exchanged behind the look (%s koffi)', (koffi) => {
    write('source/inner/b', 'ours')
    write('source/file', 'ours')
    using folder = koffi === 'with' ? openFolder('source') : openWithoutKoffi('source')
    expect(folder.list()).toEqual(['file', 'inner'])
    const stat = present(folder.look('file')).stat()
    expect(folder.look('inner')?.kind).toBe('dir')
    exchange('source/inner')
    expect(folder.enter('inner')).toBeUndefined()
    rmSync(at('source/file'))
    symlinkSync(at('secret/file'), at('source/file'))
    expect(() => folder.open('file', stat)).toThrow('was replaced')
  })

  it.each(['with', 'without'])('leads where it did when it is exchanged itself (%s koffi)', (koffi) => {
    for (const name of ['inner/b', 'file']) write(`source/${name}`, 'ours')
    symlinkSync('ours', at('source/link'))
    using folder = koffi === 'with' ? openFolder('source') : openWithoutKoffi('source')
    const stat = present(folder.look('file')).stat()
    exchange('source')
    expect(folder.list()).toEqual(['file', 'inner', 'link'])
    expect(folder.look('file')?.stat()).toEqual(stat)
    expect(folder.look('a')).toBeUndefined()
    expect(folder.readLink('link')?.toString()).toBe('ours')
    using inner = folder.enter('inner')
    expect(inner?.look('b')?.stat().size).toBe(4n)
    const file = present(folder.open('file', stat))
    expect(readlinkSync(`/proc/self/fd/${file.descriptor}`)).toBe(at('moved away/file'))
    openFileServerReader().close(file)
  })

  it('is held with few descriptors however deep it lies, and found again on the way back', () => {
    const names = Array.from({ length: 300 }, (_, level) => `level ${level}`)
    write(`source/${names.join('/')}/file`, 'ours')
    const before = readdirSync('/proc/self/fd').length
    const folders = [openFolder('source', 8)]
    for (const name of names) folders.push(present(folders.at(-1)?.enter(name)))
    expect(folders.at(-1)?.list()).toEqual(['file'])
    expect(readdirSync('/proc/self/fd').length - before).toBeLessThanOrEqual(9)
    for (let folder = folders.pop(); folder; folder = folders.pop()) {
      const name = names[folders.length] ?? 'file'
      expect(folder.look(name)?.kind).toBe(name === 'file' ? 'file' : 'dir')
      folder[Symbol.dispose]()
      expect(readdirSync('/proc/self/fd').length - before).toBeLessThanOrEqual(9)
    }
    expect(readdirSync('/proc/self/fd')).toHaveLength(before)
  })

  it('is missed where it cannot be found again, whatever lies there now', () => {
    write('source/a/b/c/d/file', 'ours')
    mkdirSync(at('secret/b'))
    using source = openFolder('source', 2)
    using a = present(source.enter('a'))
    using b = present(a.enter('b'))
    using c = present(b.enter('c'))
    using d = present(c.enter('d'))
    exchange('source/a')
    expect(d.list()).toEqual(['file'])
    for (const work of [() => b.list(), () => b.look('c'), () => b.enter('c'), () => b.readLink('c')]) {
      expect(work).toThrow(expect.objectContaining({ code: 'source/unreadable' }))
    }
    // Nor where another folder has its name.
    rmSync(at('source/a'))
    mkdirSync(at('source/a/b/c'), { recursive: true })
    expect(() => b.look('c')).toThrow(`${at('source/a')} was moved or replaced`)
  })
})

describeWith(['attr'], 'the attributes of an open folder', () => {
  it('and of what is in it are its own, though a link has its name by now', () => {
    write('source/file', 'ours')
    for (const name of ['source', 'source/file']) note(name, 'ours')
    for (const name of ['secret', 'secret/file']) note(name, 'a secret')
    using folder = openFolder('source')
    exchange('source')
    for (const name of [undefined, 'file']) {
      const attributes = folder.attributes(name, (_name, error) => expect.unreachable(error.message))
      expect(attributes.map(({ value }) => value.toString())).toContain('ours')
      expect(attributes.map(({ value }) => value.toString())).not.toContain('a secret')
    }
  })
})
