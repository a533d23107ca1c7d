import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUp, type BackupOptions, type BackupResult } from '../../core/archiver/index.ts'
import type { Repository } from '../../core/repository/index.ts'
import { unixModeFromGo } from '../../core/snapshot/index.ts'
import { backupOptions } from '../support/backup-options.ts'
import { makeRepositories } from '../support/made-repository.ts'
import { nodeAt } from '../support/node-at.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { makeVault } from '../support/vault.ts'

const newRepository = await makeRepositories()
const CONTENT = 'content of the file'
const OTHER = 'another content now'
const MOMENT = '2026-02-03 04:05:06.123456789'

let home = ''
let file = ''
let repository: Repository

/** Sets the modification time, to the nanosecond. */
function touch(moment: string): void {
  execFileSync('touch', ['-d', moment, file])
}

function backUpNow(changes: Partial<BackupOptions> = {}): Promise<BackupResult> {
  return backUp(repository, repository.loadIndex({ purpose: 'refer' }), backupOptions(join(home, 'source'), changes))
}

async function storedIn({ snapshot = '' }: BackupResult): Promise<string> {
  const { files } = await restoreRepository(repository, snapshot, home)
  return String(files.get(file))
}

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'holdfast-detection-'))
  file = join(home, 'source/file')
  mkdirSync(join(home, 'source'))
  writeFileSync(file, CONTENT)
  touch(MOMENT)
  repository = newRepository()
  await backUpNow()
})
afterEach(() => {
  rmSync(home, { recursive: true })
})

/** Ways to change a file; what is not meant is made as it was, but for the change time, which nobody can set. */
const CHANGES: Readonly<Record<string, () => void>> = {
  nothing: () => undefined,
  'its size': () => {
    appendFileSync(file, '.')
    touch(MOMENT)
  },
  'its modification time by a nanosecond': () => touch('2026-02-03 04:05:06.123456790'),
  'its content alone': () => {
    writeFileSync(file, OTHER)
    touch(MOMENT)
  },
  'its change time alone': () => chmodSync(file, 0o640),
  'its inode': () => {
    copyFileSync(file, `${file}.new`)
    renameSync(`${file}.new`, file)
    touch(MOMENT)
  },
}

describe('a file is read again', () => {
  it.each([
    { changed: 'nothing', ctime: true, inode: true, isRead: false },
    { changed: 'its size', ctime: false, inode: false, isRead: true },
    { changed: 'its modification time by a nanosecond', ctime: false, inode: false, isRead: true },
    { changed: 'its content alone', ctime: true, inode: false, isRead: true },
    { changed: 'its content alone', ctime: false, inode: true, isRead: false },
    { changed: 'its change time alone', ctime: true, inode: true, isRead: true },
    { changed: 'its change time alone', ctime: false, inode: true, isRead: false },
    { changed: 'its inode', ctime: false, inode: true, isRead: true },
    { changed: 'its inode', ctime: true, inode: false, isRead: true },
    { changed: 'its inode', ctime: false, inode: false, isRead: false },
  ])('($isRead) when $changed changed, where change time ($ctime) and inode ($inode) count', async (given) => {
    const { changed, ctime, inode, isRead } = given
    CHANGES[changed]?.()
    const now = statSync(file, { bigint: true })
    const result = await backUpNow({ detection: { ctime, inode } })
    expect(result.figures).toMatchObject(
      isRead
        ? { filesChanged: 1, filesUnmodified: 0, bytesRead: Number(now.size) }
        : { filesChanged: 0, filesUnmodified: 1, bytesRead: 0 },
    )
    expect(result.figures.bytesProcessed).toBe(Number(now.size))
    // Whatever was taken over from the parent, all else is of now.
    const node = await nodeAt(repository, result.tree, file)
    expect(unixModeFromGo(node.mode) & 0o777).toBe(Number(now.mode & 0o777n))
    expect({ inode: node.inode, mtime: node.mtime, ctime: node.ctime, size: node.size }).toEqual({
      inode: now.ino,
      mtime: now.mtimeNs,
      ctime: now.ctimeNs,
      size: now.size,
    })
  })

  it('and what it holds now is stored', async () => {
    CHANGES['its content alone']?.()
    expect(await storedIn(await backUpNow())).toBe(OTHER)
  })

  it('but nothing is stored that is there already', async () => {
    CHANGES['its change time alone']?.()
    const result = await backUpNow()
    expect(result).toMatchObject({ dataBlobs: 0, figures: { filesChanged: 1 } })
    expect(await storedIn(result)).toBe(CONTENT)
  })

  it('when no parent is wanted', async () => {
    const result = await backUpNow({ parent: 'none' })
    expect(result).toMatchObject({
      parent: undefined,
      dataBlobs: 0,
      figures: { filesNew: 1, bytesRead: CONTENT.length },
    })
  })

  it('when a folder, or something else, had its name before', async () => {
    rmSync(file)
    mkdirSync(file)
    writeFileSync(join(file, 'inside'), OTHER)
    expect((await backUpNow()).figures).toMatchObject({ filesNew: 1, dirsNew: 0, dirsChanged: 2 })
    rmSync(file, { recursive: true })
    writeFileSync(file, CONTENT)
    const result = await backUpNow()
    expect(result.figures).toMatchObject({ filesChanged: 1, bytesRead: CONTENT.length })
    expect(await storedIn(result)).toBe(CONTENT)
  })
})

const changeOfTmpdir = (): bigint => statSync(tmpdir(), { bigint: true }).mtimeNs

describe('the options of holdfast repo backup that decide what is read', () => {
  it('--force reads everything, --ignore-ctime and --ignore-inode less', async () => {
    const vault = await makeVault()
    vault.write('file', CONTENT)
    const replace = (): void => {
      const at = vault.at('file')
      execFileSync('cp', ['-p', at, `${at}.new`])
      renameSync(`${at}.new`, at)
    }
    const count = async (...args: string[]): Promise<unknown> => {
      const { code, summary } = await vault.backUp(args)
      expect(code).toBe(0)
      return [summary['files_new'], summary['files_changed'], summary['files_unmodified']]
    }
    expect(await count()).toEqual([1, 0, 0])
    expect(await count()).toEqual([0, 0, 1])
    expect(await count('--force')).toEqual([1, 0, 0])
    replace()
    expect(await count('--ignore-ctime')).toEqual([0, 1, 0])
    replace()
    expect(await count('--ignore-inode')).toEqual([0, 1, 0])
    replace()
    expect(await count('--ignore-inode', '--ignore-ctime')).toEqual([0, 0, 1])
    expect(await count()).toEqual([0, 0, 1])
  })

  it('of an unchanged source says that there is nothing new, and at first not', async () => {
    const vault = await makeVault()
    vault.write('file', CONTENT)
    const say = async (): Promise<string> => {
      const { code, stdout } = await vault.holdfast(['backup', vault.source])
      expect(code).toBe(0)
      return stdout
    }
    expect(await say()).not.toContain('Nothing new')
    // Folders above a target are in its snapshot, too, and others may make files in this one at any moment.
    let again: string
    let before: bigint
    do {
      before = changeOfTmpdir()
      await say()
      again = await say()
    } while (changeOfTmpdir() !== before)
    expect(again).toContain('Nothing new')
    vault.write('file', OTHER)
    expect(await say()).not.toContain('Nothing new')
  })

  it('--parent names the snapshot to compare with, instead of the newest of the same host and targets', async () => {
    const vault = await makeVault()
    vault.write('file', CONTENT)
    const first = String((await vault.backUp(['--host', 'ada'])).summary['snapshot_id'])
    vault.write('file', OTHER)
    const second = String((await vault.backUp(['--host', 'ada'])).summary['snapshot_id'])
    const other = await vault.backUp(['--host', 'bob'])
    expect(other.summary).toMatchObject({ files_new: 1 })

    const newest = await vault.backUp(['--host', 'ada'])
    expect(newest.summary).toMatchObject({ files_changed: 0, files_unmodified: 1 })
    const given = await vault.backUp(['--host', 'ada', '--parent', first.slice(0, 10)])
    expect(given.summary).toMatchObject({ files_changed: 1, files_unmodified: 0 })
    const parents = JSON.parse(
      `[${(await vault.holdfast(['snapshots', '--json'])).stdout.trim().split('\n').join(',')}]`,
    ) as { id?: string; parent?: string }[]
    const parentOf = (id: unknown): string | undefined => parents.find((each) => each.id === id)?.parent
    expect(parentOf(second)).toBe(first)
    expect(parentOf(other.summary['snapshot_id'])).toBeUndefined()
    expect(parentOf(newest.summary['snapshot_id'])).toBe(second)
    expect(parentOf(given.summary['snapshot_id'])).toBe(first)

    const unknown = await vault.holdfast(['backup', '--parent', 'ffffffff', vault.source])
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain('ffffffff')
  })
})

describe('a backup into a repository that lost a pack', () => {
  it.each(['removed', 'cut off'] as const)('stores again what was in it: it was %s', async (way) => {
    const vault = await makeVault()
    vault.write('file', CONTENT)
    await vault.backUp(['--workers', '1'])
    // One with the content, one with the trees.
    const packs = readdirSync(join(vault.path, 'data'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    expect(packs).toHaveLength(2)
    const messages: unknown[] = []
    for (const pack of packs) {
      const kept = vault.file('kept')
      renameSync(pack, kept)
      if (way === 'cut off') {
        copyFileSync(kept, pack)
        chmodSync(pack, 0o600)
        truncateSync(pack, 40)
      }
      const copy = vault.file('copy')
      execFileSync('cp', ['-a', vault.path, copy])
      rmSync(pack, { force: true })
      renameSync(kept, pack)
      const env = { RESTIC_REPOSITORY: copy }
      const run = await vault.backUp([], { env })
      // The index still names it, and stock restic believes that.
      expect(run).toMatchObject({ code: 3, stderr: '' })
      messages.push(...run.lines.filter(({ message_type: type }) => type === 'warning').map(({ message }) => message))
      // What is there now is whole again, whichever pack it was.
      expect((await vault.holdfast(['dump', 'latest', vault.at('file')], { env })).stdout).toBe(CONTENT)
      rmSync(copy, { recursive: true })
    }
    const ofPacks = messages.filter((message) => String(message).startsWith('Pack '))
    expect(ofPacks).toHaveLength(2)
    expect(messages.filter((message) => String(message).includes('holdfast repo repair index'))).toHaveLength(2)
    for (const message of ofPacks) {
      expect(message).toMatch(
        way === 'removed'
          ? /^Pack [0-9a-f]{8} is missing: what it held is stored again\.$/
          : /^Pack [0-9a-f]{8} has only 40 B: what it held is stored again\.$/,
      )
    }
  })
})
