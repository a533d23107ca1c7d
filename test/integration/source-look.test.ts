import {
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createFolderOpener } from '../../core/source/file-server/open-folder.ts'
import { holdByPath } from '../../core/source/file-server/path-folder.ts'
import { createAttributeReader, openFileServerReader } from '../../core/source/index.ts'

const openFolder = (path: string) =>
  openFileServerReader().openFolder({ path: Buffer.from(path), readFrom: Buffer.from(path) })
const wide = (low: number, high: number): bigint => (BigInt(high) << 32n) | BigInt(low)

describe('a look at an entry of an open folder', () => {
  let space: string
  beforeAll(() => {
    space = mkdtempSync(join(tmpdir(), 'holdfast-look-'))
    const file = openSync(join(space, 'vast'), 'w')
    ftruncateSync(file, 3 * 2 ** 40 + 5)
    closeSync(file)
    linkSync(join(space, 'vast'), join(space, 'again'))
    utimesSync(join(space, 'vast'), -1.5, -86_400.25)
    symlinkSync('nowhere', join(space, 'link'))
  })
  afterAll(() => rmSync(space, { recursive: true }))

  it.each([
    ['space', 'vast', 'file'],
    ['space', 'link', 'symlink'],
    ['/dev', 'null', 'chardev'],
    ['/', 'usr', 'dir'],
  ])('tells what lstat tells: %s/%s is a %s', (where, name, kind) => {
    const folder = where === 'space' ? space : where
    const expected = lstatSync(join(folder, name), { bigint: true })
    using open = openFolder(folder)
    const look = open?.look(name)
    expect(look?.kind).toBe(kind)
    const stat = look?.stat()
    const { mode, ino, dev, rdev, nlink, uid, gid, size, blocks, mtimeNs, ctimeNs } = expected
    expect(stat).toEqual({ mode, ino, dev, rdev, nlink, uid, gid, size, blocks, mtimeNs, ctimeNs })
    const facts = look?.facts
    if (!facts) throw new Error('this machine has no statx')
    expect(wide(facts.sizeLow, facts.sizeHigh)).toBe(size)
    expect(wide(facts.inodeLow, facts.inodeHigh)).toBe(ino)
    expect(wide(facts.deviceLow, facts.deviceHigh)).toBe(dev)
    expect(BigInt(facts.mtime) * 1_000_000_000n + BigInt(facts.mtimeNanos)).toBe(mtimeNs)
    expect(BigInt(facts.ctime) * 1_000_000_000n + BigInt(facts.ctimeNanos)).toBe(ctimeNs)
    expect([facts.links, facts.mode, facts.uid, facts.gid].map(BigInt)).toEqual([nlink, mode, uid, gid])
  })

  it('is the same where everything is reached by its path, as without /proc', () => {
    const open = createFolderOpener(undefined, createAttributeReader(undefined), holdByPath)
    const [path, none] = [Buffer.from(space), Buffer.from(`${space}/vast`)]
    using folder = open({ path, readFrom: path })
    expect(folder?.list()).toEqual(['again', 'link', 'vast'])
    expect(folder?.look('vast')?.stat()).toMatchObject({ size: 3n * 2n ** 40n + 5n, nlink: 2n })
    expect(folder?.readLink('link')?.toString()).toBe('nowhere')
    expect([folder?.look('nothing'), folder?.enter('nothing')]).toEqual([undefined, undefined])
    expect(() => folder?.enter('link')).toThrow('was replaced')
    expect(open({ path: none, readFrom: none })?.list()).toBeUndefined()
    const identity = { device: 0n, inode: 1n }
    expect(() => open({ path, readFrom: path, identity })).toThrow('was moved or replaced')
  })

  it('finds nothing under a name that is not there', () => {
    using open = openFolder(space)
    expect(open).toBeDefined()
    expect(open?.look('nothing')).toBeUndefined()
  })
})
