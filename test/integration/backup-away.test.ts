import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { FIGURES } from '../../core/archiver/figures.ts'
import { createEntryArchiver } from '../../core/archiver/worker/entry-archiver.ts'
import { createFileArchiver } from '../../core/archiver/worker/file-archiver.ts'
import { createFolderArchiver } from '../../core/archiver/worker/folder-archiver.ts'
import { NO_PARENT } from '../../core/archiver/worker/parent-folder.ts'
import { ID_BYTES } from '../../core/repository/index.ts'
import { createSelection } from '../../core/selection/index.ts'
import { TreeReader, TreeWriter } from '../../core/snapshot/index.ts'
import { type EntryReader, type OpenFolder, openFileServerReader } from '../../core/source/index.ts'

let home = ''
const at = (name: string): string => join(home, name)

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-away-'))
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

/** Archives the folder with the real archivers, which open its entries as `opening` makes them. */
function archive(opening: (folder: OpenFolder) => OpenFolder): {
  readonly stored: string[]
  readonly missed: string[]
} {
  const real = openFileServerReader()
  const reader: EntryReader = {
    ...real,
    openFolder(address) {
      const folder = real.openFolder(address)
      return folder && opening(folder)
    },
  }
  const selection = createSelection({}, () => undefined)
  const told: string[] = []
  const missed = {
    report: (path: Uint8Array, kind: string) => told.push(`${kind} ${String(path).slice(home.length + 1)}`),
    unreadable: (path: Uint8Array) => told.push(`unreadable ${String(path).slice(home.length + 1)}`),
    attribute: () => expect.unreachable(),
  }
  const figures = FIGURES.row(FIGURES.allocate(1), 0)
  const content = { save: () => Buffer.alloc(ID_BYTES) }
  const detection = { ctime: true, inode: true }
  const files = createFileArchiver({ reader, content, missed, detection, figures, isKnown: () => true })
  const folders = createFolderArchiver({
    selection,
    onlyUtf8Names: false,
    entries: createEntryArchiver({ reader, selection, files, missed, figures, checkStopped: () => undefined }),
    parents: { open: () => NO_PARENT, receive: () => NO_PARENT },
    sharer: { someoneIsIdle: () => false, share: () => undefined, await: () => expect.unreachable() },
    missed,
    saveTree: () => Buffer.alloc(ID_BYTES),
    largestTree: 1024 * 1024,
  })
  const path = Buffer.from(home)
  const tree = new TreeWriter()
  using open = reader.openFolder({ path, readFrom: path })
  if (open) folders.addEntries({ open, rootDevice: open.stat.dev }, open.list() ?? [], NO_PARENT, tree)
  const nodes = new TreeReader(tree.finish(), 'the tree')
  const stored: string[] = []
  while (nodes.next()) stored.push(String(nodes.name))
  return { stored, missed: told }
}

/** Does something while a name is away, and puts it back unless it is to be gone. */
function whileAway<T>(name: string, work: () => T): T {
  if (!name.startsWith('back') && !name.startsWith('gone')) return work()
  renameSync(at(name), at('.away'))
  try {
    return work()
  } finally {
    if (name.startsWith('back')) renameSync(at('.away'), at(name))
    else rmSync(at('.away'), { recursive: true })
  }
}

describe('a name that is away when it is to be read', () => {
  beforeEach(() => {
    for (const name of ['back', 'gone', 'kept']) {
      writeFileSync(at(`${name} file`), 'content')
      mkdirSync(at(`${name} folder`))
      symlinkSync('content', at(`${name} link`))
    }
  })
  const kept = ['kept file', 'kept folder', 'kept link']
  const missed = ['unreadable back file', 'unreadable back folder', 'unreadable back link']

  it('at the look is missed when it is in its folder again, and no noise when it is gone', () => {
    const told = archive((folder) => ({ ...folder, look: (name) => whileAway(name, () => folder.look(name)) }))
    expect(told).toEqual({ stored: kept, missed })
  })

  it('behind the look is so too: file, folder, symbolic link', () => {
    const told = archive((folder) => ({
      ...folder,
      open: (name, expected) => whileAway(name, () => folder.open(name, expected)),
      enter: (name) => whileAway(name, () => folder.enter(name)),
      readLink: (name) => whileAway(name, () => folder.readLink(name)),
    }))
    // The attributes of a link that is gone cannot be read either, which is no noise.
    expect(told).toEqual({ stored: kept, missed })
  })

  it('is so where another thing has its name by then', () => {
    const told = archive((folder) => ({
      ...folder,
      enter(name) {
        if (name !== 'back folder') return folder.enter(name)
        renameSync(at(name), at('.away'))
        symlinkSync('/', at(name))
        return folder.enter(name)
      },
    }))
    expect(told.missed).toEqual(['unreadable back folder'])
    expect(told.stored).not.toContain('back folder')
  })

  it('is no noise where a program replaces its socket', async () => {
    const server = createServer().listen(at('back socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    let looks = 0
    const told = archive((folder) => ({
      ...folder,
      look(name) {
        if (name !== 'back socket' || looks++ > 0) return folder.look(name)
        return whileAway(name, () => folder.look(name))
      },
    }))
    expect(told.missed).toEqual([])
    expect(looks).toBe(2)
    server.close()
  })
})
