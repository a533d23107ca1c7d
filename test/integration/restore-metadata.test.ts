import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  closeSync,
  ftruncateSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, it } from 'vitest'

import { openSystemCalls } from '../../core/file-system/index.ts'
import { listTree } from '../support/folder-listing.ts'
import { describeWith } from '../support/peer/describe-with.ts'
import { asRoot, isRoot, rootOnly } from '../support/privilege.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'
import { seededChance } from '../support/seeded-chance.ts'

const MIB = 1024 * 1024
/** Neither a whole microsecond nor what a double can hold; and before 1970. */
const EXACT = 1_700_000_000_123_456_789n
const EARLY = -1_234_567_890_987_654_321n

describeWith(['acl', 'attr'], 'a restored entry', () => {
  let scene: RestoreScene
  let source = ''
  const at = (name: string): string => join(source, name)

  beforeAll(async () => {
    scene = await makeRestoreScene()
  })
  afterAll(() => scene[Symbol.dispose]())

  function fresh(name: string): void {
    source = scene.path(name)
    mkdirSync(source)
  }

  /** Backs the source up, restores it in sets of several sizes, and expects nothing to be different. */
  async function expectSame(): Promise<string> {
    const tree = await scene.backUp(source)
    const expected = listTree(source)
    let target = ''
    for (const mostEntries of [undefined, 3]) {
      target = `${source} restored ${mostEntries}`
      expect((await scene.restore(tree, target, { mostEntries, workers: 2 })).problems).toEqual([])
      expect(listTree(target)).toEqual(expected)
    }
    return target
  }

  it('NAS-39: has its time to the nanosecond: files, folders, links, FIFOs', async () => {
    fresh('times')
    writeFileSync(at('file'), 'content')
    writeFileSync(at('empty'), '')
    symlinkSync('file', at('link'))
    execFileSync('mkfifo', [at('fifo')])
    mkdirSync(at('folder'))
    writeFileSync(at('folder/inside'), 'written later than the folder was made')
    mkdirSync(at('early'))
    for (const name of ['file', 'empty', 'link', 'fifo', 'folder/inside', 'folder']) setTime(at(name), EXACT)
    setTime(at('early'), EARLY)
    const target = await expectSame()
    for (const name of ['file', 'link', 'fifo']) {
      expect(lstatSync(join(target, name), { bigint: true }).mtimeNs).toBe(EXACT)
    }
    expect(lstatSync(join(target, 'folder'), { bigint: true }).mtimeNs).toBe(EXACT)
    expect(lstatSync(join(target, 'early'), { bigint: true }).mtimeNs).toBe(EARLY)
  })

  it('NAS-37: has all bits of its mode, setuid, setgid and sticky too', async () => {
    fresh('modes')
    // What nobody may read, only root can back up.
    for (const mode of [0o4755, 0o2755, 0o6711, 0o1644, isRoot ? 0o000 : 0o400, 0o444, 0o7777]) {
      writeFileSync(at(`file-${mode.toString(8)}`), `${mode}`)
      chmodSync(at(`file-${mode.toString(8)}`), mode)
      mkdirSync(at(`folder-${mode.toString(8)}`))
      chmodSync(at(`folder-${mode.toString(8)}`), isRoot ? mode : mode | 0o500)
    }
    await expectSame()
  })

  it('lies in a folder that nobody may write to, or even enter, where it lay in one', async () => {
    fresh('closed')
    for (const [name, mode] of [
      ['read-only', 0o555],
      ['closed', isRoot ? 0o000 : 0o500],
    ] as const) {
      mkdirSync(join(at(name), 'deeper'), { recursive: true })
      writeFileSync(join(at(name), 'file'), name)
      writeFileSync(join(at(name), 'deeper/file'), `${name} too`)
      symlinkSync('file', join(at(name), 'link'))
      chmodSync(join(at(name), 'deeper'), mode)
      chmodSync(at(name), mode)
    }
    await expectSame()
  })

  it('is the same file under all of its names, also where these are restored in several sets', async () => {
    fresh('names')
    for (const folder of ['a', 'b', 'c']) mkdirSync(at(folder))
    writeFileSync(at('a/first'), 'three names')
    linkSync(at('a/first'), at('b/second'))
    linkSync(at('a/first'), at('c/third'))
    writeFileSync(at('a/empty'), '')
    linkSync(at('a/empty'), at('c/empty'))
    for (let file = 0; file < 10; file++) writeFileSync(at(`b/between-${file}`), 'between')
    setTime(at('a/first'), EXACT)
    for (const folder of ['a', 'b', 'c']) setTime(at(folder), EXACT)
    const target = await expectSame()
    expect(lstatSync(join(target, 'c/third')).nlink).toBe(3)
  })

  it(`NAS-39: belongs to whom it belonged${rootOnly}`, { skip: !isRoot }, async () => {
    fresh('owners')
    writeFileSync(at('file'), 'content')
    chmodSync(at('file'), 0o6755)
    chownSync(at('file'), 1234, 2345)
    chmodSync(at('file'), 0o6755)
    symlinkSync('file', at('link'))
    execFileSync('chown', ['-h', '3456:4567', at('link')])
    mkdirSync(at('folder'))
    chownSync(at('folder'), 4_294_967_294 - 1, 5678)
    await expectSame()
  })

  it(`is the same FIFO or device${rootOnly}`, { skip: !isRoot }, async () => {
    fresh('devices')
    execFileSync('mkfifo', ['-m', '640', at('fifo')])
    execFileSync('mknod', [at('character'), 'c', '1', '3'])
    execFileSync('mknod', [at('block'), 'b', '259', '70000'])
    for (const name of ['fifo', 'character', 'block']) setTime(at(name), EXACT)
    await expectSame()
  })

  it('has its extended attributes and ACLs, and only these', async () => {
    fresh('attributes')
    for (const name of ['file', 'bare']) writeFileSync(at(name), name)
    mkdirSync(at('folder'))
    execFileSync('setfattr', ['-n', 'user.note', '-v', '0sAP8K', at('file')])
    execFileSync('setfattr', ['-n', 'user.empty', at('folder')])
    execFileSync('setfacl', ['-m', 'u:1234:rw,m::r', at('file')])
    execFileSync('setfacl', ['-m', 'd:g:2345:rwx', at('folder')])
    writeFileSync(at('folder/inherited'), 'made below a default ACL')
    execFileSync('setfacl', ['-b', at('folder/inherited')])
    asRoot('attributes of links', () => {
      symlinkSync('file', at('link'))
      execFileSync('setfattr', ['-h', '-n', 'trusted.of-link', '-v', 'x', at('link')])
    })
    const target = await expectSame()
    for (const name of ['file', 'bare', 'folder', 'folder/inherited']) {
      expect(aclOf(join(target, name))).toBe(aclOf(at(name)))
    }
  })

  it('with --sparse has its holes, and its data where it was; without, it has its bytes', async () => {
    fresh('sparse')
    const chance = seededChance(41)
    const disk = openSync(at('disk'), 'w')
    ftruncateSync(disk, 64 * MIB)
    writeSync(disk, chance.fill(Buffer.alloc(MIB)), 0, MIB, 20 * MIB)
    writeSync(disk, Buffer.from('the end'), 0, 7, 64 * MIB - 7)
    closeSync(disk)
    const hollow = openSync(at('hollow'), 'w')
    ftruncateSync(hollow, 16 * MIB)
    closeSync(hollow)
    writeFileSync(at('dense'), chance.fill(Buffer.alloc(3 * MIB)))
    const tree = await scene.backUp(source)
    const target = scene.path('sparse restored')
    for (const sparse of [true, false]) {
      // The second run finds it all there, holes included, and leaves it so.
      expect((await scene.restore(tree, target, { sparse, workers: 2 })).problems).toEqual([])
      expect(listTree(target)).toEqual(listTree(source))
      expect(lstatSync(join(target, 'hollow')).blocks).toBe(0)
      expect(lstatSync(join(target, 'disk')).blocks * 512).toBeLessThan(8 * MIB)
      expect(lstatSync(join(target, 'dense')).blocks * 512).toBeGreaterThanOrEqual(3 * MIB)
    }
    const written = scene.path('sparse written')
    await scene.restore(tree, written, { sparse: false })
    expect(readFileSync(join(written, 'disk')).equals(readFileSync(at('disk')))).toBe(true)
    expect(lstatSync(join(written, 'disk')).blocks * 512).toBeGreaterThanOrEqual(64 * MIB)
  })

  it('with --sparse loses old content where zeros belong', async () => {
    fresh('stale')
    const zeros = openSync(at('disk'), 'w')
    ftruncateSync(zeros, 4 * MIB)
    closeSync(zeros)
    const tree = await scene.backUp(source)
    const target = scene.path('stale restored')
    mkdirSync(target)
    writeFileSync(join(target, 'disk'), Buffer.alloc(5 * MIB, 'old'))
    expect((await scene.restore(tree, target, { sparse: true })).problems).toEqual([])
    expect(readFileSync(join(target, 'disk')).equals(Buffer.alloc(4 * MIB))).toBe(true)
  })
})

/** Nothing in Node or in Debian's programs sets the times of links to the nanosecond. */
function setTime(path: string, time: bigint): void {
  const calls = openSystemCalls() ?? expect.unreachable('koffi is there')
  const O_PATH_NOFOLLOW = 0o10_400_000
  const descriptor = openSync(path, O_PATH_NOFOLLOW)
  expect(calls.setTimes(descriptor, time - 1n, time)).toBe(0)
  closeSync(descriptor)
}

function aclOf(path: string): string {
  return execFileSync('getfacl', ['-cnp', path], { encoding: 'utf8' })
}
