import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type CoreError, isCode } from '../../core/base/index.ts'
import { openSystemCalls } from '../../core/file-system/index.ts'
import {
  createMetadataWriter,
  makeFile,
  makeFolder,
  makeHardLink,
  makeNode,
  makeSymlink,
  type Metadata,
  openForWriting,
  openTargetTree,
  removeEntry,
  statTarget,
  type TargetTree,
} from '../../core/target/index.ts'
import { isRoot, rootOnly } from '../support/privilege.ts'

const calls = openSystemCalls()
const writer = createMetadataWriter(calls)
const own: Metadata = {
  mode: 0o644,
  user: process.getuid?.() ?? 0,
  group: process.getgid?.() ?? 0,
  accessed: 1_234_567_890_123_456_789n,
  modified: 1_600_000_000_000_000_001n,
  attributes: [],
}

let space = ''
let tree: TargetTree
let top = 0

const at = (name: string): string => join(space, 'target', name)
const bytes = (name: string): Buffer => Buffer.from(name, 'latin1')
const noLoss = (): never => expect.unreachable('no part of the metadata is lost')
const look = (name: string) => lstatSync(at(name), { bigint: true })

function failure(work: () => unknown): CoreError {
  try {
    work()
  } catch (error) {
    return error as CoreError
  }
  throw new Error('it did not fail')
}

function refused(work: () => unknown): CoreError {
  const error = failure(work)
  expect(isCode(error, 'target/refused')).toBe(true)
  return error
}

function fill(name: string, content: string): void {
  const descriptor = makeFile(top, bytes(name))
  writeSync(descriptor, content)
  closeSync(descriptor)
}

const descriptors = (): number => readdirSync('/proc/self/fd').length

beforeEach(() => {
  space = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-target-')))
  chmodSync(space, 0o755)
  tree = openTargetTree(Buffer.from(join(space, 'target')))
  top = tree.folder(Buffer.alloc(0))
})

afterEach(() => {
  tree.close()
  rmSync(space, { recursive: true, force: true })
})

describe('making entries', () => {
  it('makes files, folders, links and names of any bytes', () => {
    expect(makeFolder(top, bytes('folder'))).toBe(true)
    expect(makeFolder(top, bytes('folder'))).toBe(false)
    const below = tree.folder(bytes('folder'))
    const descriptor = makeFile(below, bytes('caf\xe9'))
    writeSync(descriptor, 'content')
    closeSync(descriptor)
    makeSymlink(below, bytes('link'), bytes('../nowhere\xff'))
    makeHardLink(below, bytes('caf\xe9'), top, bytes('second'))
    makeHardLink(below, bytes('link'), top, bytes('second link'))

    expect(readFileSync(at('second'), 'utf8')).toBe('content')
    expect(look('second').nlink).toBe(2n)
    expect(readlinkSync(at('second link'), 'buffer')).toEqual(bytes('../nowhere\xff'))
    expect(look('folder').mode & 0o777n).toBe(0o700n)
    expect(look('second').mode & 0o777n).toBe(0o600n)
  })

  it('gives the blocks of a range back, which then is a hole', () => {
    const descriptor = makeFile(top, bytes('file'))
    writeSync(descriptor, Buffer.alloc(1 << 20, 1))
    expect(calls?.punchHole(descriptor, 1 << 16, 1 << 17)).toBe(0)
    expect(calls?.seekHole(descriptor, 0)).toBe(1 << 16)
    expect(calls?.seekData(descriptor, 1 << 16)).toBe((1 << 16) + (1 << 17))
    expect(calls?.seekData(descriptor, 1 << 20)).toBe(-constants.errno.ENXIO)
    closeSync(descriptor)
    expect(look('file').size).toBe(1n << 20n)
    expect(readFileSync(at('file')).subarray(1 << 16, 3 << 16)).toEqual(Buffer.alloc(1 << 17))
  })

  it(`makes FIFOs and devices${rootOnly}`, { skip: !isRoot }, () => {
    makeNode(calls, top, bytes('fifo'), 'fifo', 5n)
    makeNode(calls, top, bytes('null'), 'chardev', 0x103n)
    makeNode(calls, top, bytes('disk'), 'dev', (0xfffn << 20n) | (259n << 8n) | 0xffn)
    const told = execFileSync('stat', ['-c', '%F %t:%T', at('fifo'), at('null'), at('disk')], { encoding: 'utf8' })
    expect(told).toBe('fifo 0:0\ncharacter special file 1:3\nblock special file 103:fffff\n')
  })

  it('refuses to make FIFOs where the system calls are missing', () => {
    refused(() => makeNode(undefined, top, bytes('fifo'), 'fifo', 0n))
  })

  it.each(['', '.', '..', 'a/b', '/', '../x', 'a\0b'])('refuses the name %j', (name) => {
    const makers = [
      () => makeFile(top, bytes(name)),
      () => makeFolder(top, bytes(name)),
      () => makeSymlink(top, bytes(name), bytes('x')),
      () => makeNode(calls, top, bytes(name), 'fifo', 0n),
      () => removeEntry(top, bytes(name)),
      () => statTarget(top, bytes(name)),
      () => writer.toEntry(top, bytes(name), 'dir', own, noLoss),
    ]
    for (const make of makers) refused(make)
    expect(readdirSync(space)).toEqual(['target'])
  })

  it('says what is in the way', () => {
    fill('x', '')
    expect(refused(() => makeFile(top, bytes('x'))).message).toContain('x cannot be made (EEXIST)')
    refused(() => makeFolder(top, bytes('x')))
  })

  it('removes files and empty folders, and nothing through a link', () => {
    mkdirSync(join(space, 'outside'))
    symlinkSync('../outside', at('link'))
    mkdirSync(at('empty'))
    mkdirSync(at('full/inner'), { recursive: true })
    for (const name of ['link', 'empty', 'nothing']) removeEntry(top, bytes(name))
    expect(refused(() => removeEntry(top, bytes('full'))).message).toContain('ENOTEMPTY')
    expect(readdirSync(at('.'))).toEqual(['full'])
    expect(readdirSync(space).toSorted()).toEqual(['outside', 'target'])
  })

  it(`says when there is no room${rootOnly}`, { skip: !isRoot }, () => {
    const small = join(space, 'small')
    mkdirSync(small)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,nr_inodes=2', 'none', small])
    try {
      const full = openTargetTree(Buffer.from(small))
      expect(full.room(bytes('not/there'))).toMatchObject({ freeBytes: 65_536, freeEntries: 1, unit: 4096 })
      closeSync(makeFile(full.folder(Buffer.alloc(0)), bytes('one')))
      const error = failure(() => makeFile(full.folder(Buffer.alloc(0)), bytes('two')))
      expect(isCode(error, 'target/full')).toBe(true)
      full.close()
    } finally {
      execFileSync('umount', [small])
    }
  })
})

describe('what somebody planted in the target', () => {
  beforeEach(() => {
    mkdirSync(join(space, 'outside'))
    writeFileSync(join(space, 'outside/victim'), 'untouched', { mode: 0o640 })
  })

  afterEach(() => {
    expect(readdirSync(join(space, 'outside'))).toEqual(['victim'])
    expect(readFileSync(join(space, 'outside/victim'), 'utf8')).toBe('untouched')
    const victim = lstatSync(join(space, 'outside/victim'), { bigint: true })
    expect([victim.mode & 0o7777n, victim.mtimeNs === own.modified]).toEqual([0o640n, false])
  })

  it('is not gone through: a link in place of a folder', () => {
    symlinkSync('../outside', at('folder'))
    expect(refused(() => tree.folder(bytes('folder'))).message).toContain('links are not followed')
    refused(() => tree.folder(bytes('folder/deeper')))
    refused(() => makeFolder(top, bytes('folder')))
  })

  it('is not gone through: a link that replaces a folder which is open already', () => {
    makeFolder(top, bytes('folder'))
    const folder = tree.folder(bytes('folder'))
    rmSync(at('folder'), { recursive: true })
    symlinkSync('../outside', at('folder'))
    // The open folder is the removed one: nothing can be made in it, and nothing is made outside.
    expect(refused(() => makeFile(folder, bytes('new'))).message).toContain('ENOENT')
  })

  it('is not written through: a link in place of a file', () => {
    symlinkSync('../outside/victim', at('file'))
    refused(() => makeFile(top, bytes('file')))
    expect(openForWriting(top, bytes('file'))).toBeUndefined()
    refused(() => writer.toEntry(top, bytes('file'), 'file', own, noLoss))
  })

  it('is not written to: a second name of a file of somebody else', () => {
    linkSync(join(space, 'outside/victim'), at('file'))
    expect(openForWriting(top, bytes('file'))).toBeUndefined()
    refused(() => writer.toEntry(top, bytes('file'), 'file', own, noLoss))
  })

  it('is not opened: a FIFO or device in place of a file', () => {
    execFileSync('mkfifo', [at('file')])
    expect(openForWriting(top, bytes('file'))).toBeUndefined()
  })

  it('keeps its target when metadata is written to the link itself', () => {
    makeSymlink(top, bytes('link'), bytes('../outside/victim'))
    writer.toEntry(top, bytes('link'), 'symlink', { ...own, mode: 0o777 }, noLoss)
    expect([look('link').atimeNs, look('link').mtimeNs]).toEqual([own.accessed, own.modified])
  })
})

describe('a target tree', () => {
  it('holds few folders open, however deep and many they are, and closes all', () => {
    const before = descriptors()
    const narrow = openTargetTree(Buffer.from(join(space, 'target')), { openFolders: 3 })
    let path = ''
    for (let depth = 0; depth < 50; depth++) {
      makeFolder(narrow.folder(bytes(path)), bytes('d'))
      path = path === '' ? 'd' : `${path}/d`
    }
    makeFolder(narrow.folder(Buffer.alloc(0)), bytes('other'))
    // Two at once, of which the second goes through fifty others.
    const other = narrow.folder(bytes('other'))
    const deep = narrow.folder(bytes(path))
    closeSync(makeFile(deep, bytes('file')))
    makeHardLink(deep, bytes('file'), other, bytes('link'))
    expect(look('other/link').ino).toBe(look(`${path}/file`).ino)
    expect(descriptors() - before).toBeLessThanOrEqual(6)
    narrow.close()
    expect(descriptors()).toBe(before)
  })

  it('refuses a root that is no folder', () => {
    fill('file', '')
    const { message } = refused(() => openTargetTree(Buffer.from(at('file'))))
    expect(message).toContain('is not a folder')
  })
})
