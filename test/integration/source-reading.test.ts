import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { type CoreError, isCode } from '../../core/base/index.ts'
import { joinPath, kindOf, mayHaveHoles } from '../../core/file-system/index.ts'
import { createSelection } from '../../core/selection/index.ts'
import { nextData } from '../../core/source/file-server/content.ts'
import {
  createAttributeReader,
  createFileServerSource,
  type DataExtent,
  type EntryReader,
  identifyRoot,
  openFileServerReader,
  type OpenFile,
  readOwnerNames,
  verifyRoot,
} from '../../core/source/index.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { asNobody, isRoot, rootOnly } from '../support/privilege.ts'
import { type PathReader, readByPath } from '../support/read-entry.ts'

let space = ''
let reader: EntryReader
let entries: PathReader

const at = (name: string): Buffer => Buffer.from(join(space, name))

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it has gone')
  return value
}

function failure(work: () => unknown): CoreError {
  try {
    work()
  } catch (error) {
    return error as CoreError
  }
  throw new Error('it did not fail')
}

function open(name: string) {
  return present(entries.open(at(name), present(entries.stat(at(name)))))
}

const noProblem = (): never => expect.unreachable('no attribute fails')
const prepare = (...roots: string[]) =>
  createFileServerSource({ kind: 'file-server', roots: roots.map(at), selection: {} }).prepare()

beforeEach(() => {
  space = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-reading-')))
  chmodSync(space, 0o755)
  reader = openFileServerReader()
  entries = readByPath(reader)
})

afterEach(() => {
  rmSync(space, { recursive: true, force: true })
})

describe('walking', () => {
  it('lists names of any bytes in the order of the bytes', () => {
    const names = ['\xff', 'b', '\xf0\x9f\x98\x80', '\xef\xac\x81', 'a\nb', 'B', '.c']
    for (const name of names) writeFileSync(joinPath(at('.'), name), name)
    const listed = present(entries.list(at('.')))
    expect(listed).toEqual(['.c', 'B', 'a\nb', 'b', '\xef\xac\x81', '\xf0\x9f\x98\x80', '\xff'])
    for (const name of listed) expect(readFileSync(joinPath(at('.'), name), 'utf8')).toBe(name)
  })

  it(`tells every kind of entry${rootOnly}`, { skip: !isRoot }, () => {
    mkdirSync(at('dir'))
    writeFileSync(at('file'), '')
    symlinkSync('dir', at('symlink'))
    execFileSync('mkfifo', [join(space, 'fifo')])
    execFileSync('mknod', [join(space, 'chardev'), 'c', '1', '3'])
    execFileSync('mknod', [join(space, 'dev'), 'b', '259', '1048575'])
    for (const name of present(entries.list(at('.')))) expect(kindOf(present(entries.stat(at(name))))).toBe(name)
    expect(entries.readLink(at('symlink'))).toEqual(Buffer.from('dir'))
    // makedev(3): twelve bits of major number around the lower eight bits of minor number.
    expect(present(entries.stat(at('dev'))).rdev).toBe((0xfffn << 20n) | (259n << 8n) | 0xffn)
  })

  it('takes what has gone since it was listed for gone, not for missed', () => {
    writeFileSync(at('file'), '')
    const stat = present(entries.stat(at('file')))
    rmSync(at('file'))
    expect(entries.stat(at('file'))).toBeUndefined()
    expect(entries.open(at('file'), stat)).toBeUndefined()
    expect(entries.readLink(at('file'))).toBeUndefined()
    expect(entries.list(at('folder'))).toBeUndefined()
    expect(entries.stat(at('file/below'))).toBeUndefined()
  })

  it(`names a folder or file that may not be read${rootOnly}`, { skip: !isRoot }, () => {
    mkdirSync(at('folder'), { mode: 0o700 })
    writeFileSync(at('secret'), 'x', { mode: 0o600 })
    for (const look of [() => entries.list(at('folder')), () => open('secret'), () => entries.stat(at('folder/x'))]) {
      const error = asNobody(() => failure(look))
      expect(isCode(error, 'source/unreadable')).toBe(true)
      expect(error.message).toMatch(/(folder|secret).*EACCES/)
    }
  })
})

describe('reading content', () => {
  it('fills shared memory and tells where the file ends', () => {
    writeFileSync(at('file'), '0123456789')
    const target = new Uint8Array(new SharedArrayBuffer(16), 2, 12)
    const file = open('file')
    expect(reader.read(file, target, 3, 9, 4)).toBe(6)
    expect(Buffer.from(target).toString()).toBe('\0\0\x00456789\0\0\0')
    expect(reader.read(file, target, 0, 5, 10)).toBe(0)
    reader.close(file)
  })

  it('goes on reading where the kernel gives less than was asked for', () => {
    // Files of /proc come a page at a time.
    const maps = openSync('/proc/self/maps', 'r')
    const stat = present(entries.stat(at('.')))
    expect(readSync(maps, Buffer.alloc(10_000), 0, 10_000, 0)).toBeLessThan(10_000)
    expect(reader.read({ descriptor: maps, path: at('maps'), stat }, Buffer.alloc(10_000), 0, 10_000, 0)).toBe(10_000)
    closeSync(maps)
  })

  it('does not touch the time of access of an own file', () => {
    writeFileSync(at('file'), 'x')
    // Older than the modification, so that a read would count also where times of access are written rarely.
    utimesSync(at('file'), 1000, 2000)
    const file = open('file')
    reader.read(file, Buffer.alloc(1), 0, 1, 0)
    reader.close(file)
    expect(lstatSync(at('file'), { bigint: true }).atimeNs).toBe(1000n * 10n ** 9n)
  })

  it(`reads a file of somebody else, whose time of access it cannot spare${rootOnly}`, { skip: !isRoot }, () => {
    writeFileSync(at('file'), 'x', { mode: 0o644 })
    expect(asNobody(() => reader.read(open('file'), Buffer.alloc(2), 0, 2, 0))).toBe(1)
  })

  it.each([
    // Even one that leads to the very file.
    ['a symbolic link', () => symlinkSync('moved', at('file'))],
    ['a FIFO', () => execFileSync('mkfifo', [join(space, 'file')])],
    ['another file', () => writeFileSync(at('file'), 'x')],
    ['a folder', () => mkdirSync(at('file'))],
  ])('refuses %s that was put in the place of the file', (_what, plant) => {
    writeFileSync(at('file'), 'x')
    const stat = present(entries.stat(at('file')))
    renameSync(at('file'), at('moved'))
    plant()
    const error = failure(() => entries.open(at('file'), stat))
    expect(isCode(error, 'source/unreadable')).toBe(true)
    expect(error.message).toContain('was replaced')
  })

  it('notices that a file changed while it was read', () => {
    writeFileSync(at('file'), 'x')
    utimesSync(at('file'), 1, 1)
    const file = open('file')
    expect(reader.hasChanged(file)).toBe(false)
    writeFileSync(at('file'), 'y')
    expect(reader.hasChanged(file)).toBe(true)
    reader.close(file)
    utimesSync(at('file'), 1, 1)
    const grown = open('file')
    appendFileSync(at('file'), 'z')
    utimesSync(at('file'), 1, 1)
    expect(reader.hasChanged(grown)).toBe(true)
    reader.close(grown)
  })

  it('names the file and the byte where reading fails', () => {
    writeFileSync(at('file'), 'x')
    const file = open('file')
    reader.close(file)
    // A directory's descriptor stands in for a failing disk: both make read(2) fail.
    const folder = openSync(at('.'), 'r')
    const error = failure(() => reader.read({ ...file, descriptor: folder }, Buffer.alloc(1), 0, 1, 77))
    closeSync(folder)
    expect(isCode(error, 'source/unreadable')).toBe(true)
    expect(error.message).toMatch(/file cannot be read at byte 77 \(EISDIR\)/)
    expect(error.safety).toContain('missing from the recovery point')
  })

  it('reads only the data of a sparse file', () => {
    const size = 64 << 20
    const descriptor = openSync(at('sparse'), 'w')
    ftruncateSync(descriptor, size)
    writeSync(descriptor, Buffer.alloc(4096, 1), 0, 4096, 1 << 20)
    writeSync(descriptor, Buffer.alloc(8192, 2), 0, 8192, 40 << 20)
    closeSync(descriptor)

    const file = open('sparse')
    expect(mayHaveHoles(file.stat)).toBe(true)
    const extents = allData(file, size)
    expect(extents.reduce((sum, extent) => sum + extent.length, 0)).toBeLessThan(1 << 20)
    const rebuilt = Buffer.alloc(size)
    for (const { offset, length } of extents) reader.read(file, rebuilt, offset, length, offset)
    expect(rebuilt.equals(readFileSync(at('sparse')))).toBe(true)
    reader.close(file)
  })

  it('finds no data in a file that is one hole, nor behind its end', () => {
    writeFileSync(at('hole'), '')
    truncateSync(at('hole'), 1 << 20)
    const file = open('hole')
    expect(reader.nextData(file, 0, 1 << 20)).toBeUndefined()
    expect(reader.nextData(file, 1 << 20, 1 << 20)).toBeUndefined()
    reader.close(file)
  })

  it('reads everything where holes cannot be asked for', () => {
    writeFileSync(at('file'), '')
    truncateSync(at('file'), 1000)
    const file = open('file')
    expect(nextData(undefined, file, 10, 1000)).toEqual({ offset: 10, length: 990 })
    expect(nextData(undefined, file, 1000, 1000)).toBeUndefined()
    reader.close(file)
  })

  it('says once that attributes cannot be read, where that is so', () => {
    const problems: string[] = []
    const attributes = createAttributeReader(undefined)
    for (const name of ['one', 'two']) {
      expect(attributes.read(at(name), (_name, { message }) => problems.push(message))).toEqual([])
    }
    expect(problems).toEqual(['this machine has no way to them; on Linux, koffi is not installed'])
  })
})

function allData(file: OpenFile, size: number): DataExtent[] {
  const extents: DataExtent[] = []
  let extent = reader.nextData(file, 0, size)
  while (extent !== undefined) {
    extents.push(extent)
    extent = reader.nextData(file, extent.offset + extent.length, size)
  }
  return extents
}

describeWith(['acl', 'attr'], 'reading extended attributes', () => {
  it('finds none where there are none', () => {
    writeFileSync(at('file'), '')
    expect(entries.attributes(at('file'), noProblem)).toEqual([])
  })

  it('reads values of any bytes and POSIX ACLs, of folders the default ones too', () => {
    mkdirSync(at('folder'))
    const path = join(space, 'folder')
    execFileSync('setfattr', ['-n', 'user.é', '-v', '0x00ff0a', path])
    execFileSync('setfattr', ['-n', 'user.empty', path])
    execFileSync('setfacl', ['-m', 'u:1234:rx,d:u:1234:rwx', path])
    const found = new Map(
      present(entries.attributes(at('folder'), noProblem)).map(({ name, value }) => [
        name.toString(),
        value.toString('hex'),
      ]),
    )
    const dump = execFileSync('getfattr', ['-d', '-m', '-', '-e', 'hex', '--absolute-names', path], {
      encoding: 'utf8',
    })
    expect(found.get('user.é')).toBe('00ff0a')
    expect(found.get('user.empty')).toBe('')
    expect(dump).toContain(`system.posix_acl_access=0x${found.get('system.posix_acl_access')}`)
    expect(dump).toContain(`system.posix_acl_default=0x${found.get('system.posix_acl_default')}`)
    expect(found.size).toBe(4)
  })

  it('does not follow a symbolic link', () => {
    writeFileSync(at('file'), '')
    execFileSync('setfattr', ['-n', 'user.a', '-v', 'x', join(space, 'file')])
    symlinkSync('file', at('link'))
    expect(entries.attributes(at('link'), noProblem)).toEqual([])
  })

  it('reads long values whole', () => {
    // /dev/shm or /tmp may limit a value to one block; this is the most that fits everywhere.
    writeFileSync(at('file'), '')
    const value = 'v'.repeat(3000)
    execFileSync('setfattr', ['-n', 'user.long', '-v', value, join(space, 'file')])
    expect(present(entries.attributes(at('file'), noProblem)).map(({ value: read }) => read.toString())).toEqual([
      value,
    ])
  })

  it('tells what cannot be read', () => {
    const problems: (string | undefined)[] = []
    expect(entries.attributes(at('gone'), (_name, error) => problems.push(error.code))).toEqual([])
    expect(problems).toEqual(['ENOENT'])
  })
})

describe('names of owners', () => {
  it('come from the local files, the first line of a number first', () => {
    writeFileSync(
      at('passwd'),
      '# users\nroot:x:0:0::/root:/bin/sh\ntoor:x:0:0\n+nis:x:7:\nbroken\nx:y:z\nélan:x:1000:1\n',
    )
    writeFileSync(at('group'), 'wheel:x:0:root\n')
    const names = readOwnerNames({ passwd: join(space, 'passwd'), group: join(space, 'group') })
    expect([names.user(0), names.user(7), names.user(1000), names.user(4)]).toEqual(['root', '', 'élan', ''])
    expect([names.group(0), names.group(1)]).toEqual(['wheel', ''])
  })

  it('are empty where the files are missing', () => {
    expect(readOwnerNames({ passwd: join(space, 'no'), group: join(space, 'no') }).user(0)).toBe('')
    expect(readOwnerNames().user(0)).toBe('root')
  })
})

describe('a root', () => {
  it('is the same after the walk', async () => {
    mkdirSync(at('root'))
    const prepared = await prepare('root')
    writeFileSync(at('root/new'), '')
    prepared.verify()
    expect(prepared.roots.map(({ path, readFrom }) => [path, readFrom])).toEqual([[at('root'), at('root')]])
    await prepared.release()
  })

  it('that is not there ends the run before it begins', async () => {
    await expect(prepare('missing')).rejects.toMatchObject({ code: 'source/not-found' })
  })

  it('that was replaced is vanished, never empty', async () => {
    mkdirSync(at('root'))
    const prepared = await prepare('root')
    renameSync(at('root'), at('old'))
    expect(failure(() => prepared.verify()).message).toContain('is gone')
    mkdirSync(at('root'))
    const error = failure(() => prepared.verify())
    expect(isCode(error, 'source/vanished')).toBe(true)
    expect(error.safety).toContain('No recovery point')
  })

  it(`whose file system was unmounted is vanished${rootOnly}`, { skip: !isRoot }, () => {
    mkdirSync(at('mnt'))
    execFileSync('mount', ['-t', 'tmpfs', 'none', join(space, 'mnt')])
    const identity = identifyRoot(at('mnt'))
    execFileSync('umount', [join(space, 'mnt')])
    expect(
      isCode(
        failure(() => verifyRoot(at('mnt'), identity)),
        'source/vanished',
      ),
    ).toBe(true)
  })
})

describe('a folder tag', () => {
  it(`that cannot be read is told, and excludes nothing${rootOnly}`, { skip: !isRoot }, () => {
    writeFileSync(at('CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55', { mode: 0o600 })
    const problems: string[] = []
    const selection = createSelection({ excludeCaches: true }, (path) => problems.push(path.toString()))
    expect(asNobody(() => selection.inFolder(space))('x')).toBe(false)
    expect(problems).toEqual([join(space, 'CACHEDIR.TAG')])
    expect(selection.inFolder(space)('x')).toBe(true)
    expect(selection.inFolder(space)('CACHEDIR.TAG')).toBe(false)
  })
})
