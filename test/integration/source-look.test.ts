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

import { openFileServerReader } from '../../core/source/index.ts'

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
    const open = openFileServerReader().openFolder(Buffer.from(folder))
    const look = open.look(name)
    open.close()
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

  it('finds nothing under a name that is not there', () => {
    const open = openFileServerReader().openFolder(Buffer.from(space))
    expect(open.look('nothing')).toBeUndefined()
    open.close()
  })
})
