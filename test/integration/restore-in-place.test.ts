import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { openSystemCalls } from '../../core/file-system/index.ts'
import { listTouched, listTree } from '../support/folder-listing.ts'
import { removeTree } from '../support/remove-tree.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'
import { seededChance } from '../support/seeded-chance.ts'

const MIB = 1024 * 1024

describe('a restore over what is there already', () => {
  let scene: RestoreScene
  let source = ''
  let target = ''
  let tree: Buffer

  const at = (name: string): string => join(target, name)
  const inode = (name: string): bigint => lstatSync(at(name), { bigint: true }).ino

  beforeAll(async () => {
    scene = await makeRestoreScene()
    source = scene.path('source')
    mkdirSync(join(source, 'folder/deep'), { recursive: true })
    writeFileSync(join(source, 'noise'), seededChance(11).fill(Buffer.alloc(6 * MIB)))
    writeFileSync(join(source, 'folder/text'), 'a text\n')
    writeFileSync(join(source, 'folder/empty'), '')
    writeFileSync(join(source, 'folder/twin-a'), 'has two names')
    linkSync(join(source, 'folder/twin-a'), join(source, 'folder/twin-b'))
    symlinkSync('text', join(source, 'folder/link'))
    execFileSync('mkfifo', [join(source, 'folder/deep/fifo')])
    // Zeros between two runs of noise: blobs that a file with a hole has already.
    const chance = seededChance(12)
    writeFileSync(join(source, 'gap'), Buffer.concat([noise(chance), Buffer.alloc(8 * MIB), noise(chance)]))
    setAttribute(join(source, 'folder/text'), 'user.note', 'as it was')
    chmodSync(join(source, 'folder/deep'), 0o750)
    chmodSync(join(source, 'folder/text'), 0o640)
    tree = await scene.backUp(source)
  })
  afterAll(() => scene[Symbol.dispose]())

  beforeEach(async () => {
    target = scene.path('target')
    removeTree(target)
    expect((await scene.restore(tree, target)).problems).toEqual([])
    expect(listTree(target)).toEqual(listTree(source))
    scene.counted.reset()
  })

  /** Restores once more, and tells which entries were touched. */
  async function again(): Promise<string[]> {
    const before = listTouched(target)
    const { problems } = await scene.restore(tree, target)
    expect(problems).toEqual([])
    expect(listTree(target)).toEqual(listTree(source))
    return [...listTouched(target)].filter(([path, touched]) => before.get(path) !== touched).map(([path]) => path)
  }

  const fetched = (): number => scene.counted.reads.reduce((sum, { length }) => sum + length, 0)

  it('touches nothing and fetches nothing where all is as it was: inode and change time stay', async () => {
    expect(await again()).toEqual([])
    expect(scene.counted.reads).toEqual([])
  })

  it('touches files with several names neither, and makes a name that is missing', async () => {
    rmSync(at('folder/twin-b'))
    const touched = await again()
    // Its change time tells of the name; the folder's time is put back.
    expect(touched.toSorted()).toEqual(['folder', 'folder/twin-a', 'folder/twin-b'])
    expect(scene.counted.reads).toEqual([])
  })

  it('writes of a file only the piece that differs, and fetches only that', async () => {
    const before = inode('noise')
    const handle = readFileSync(at('noise'))
    handle.write('three bytes', 3 * MIB)
    writeFileSync(at('noise'), handle)
    expect(await again()).toEqual(['noise'])
    expect(inode('noise')).toBe(before)
    expect(scene.counted.reads).toHaveLength(1)
    expect(fetched()).toBeLessThan(4 * MIB)
  })

  it('does not write pieces that are right: a hole in the file stays one', async () => {
    const before = inode('gap')
    punchHole(at('gap'), 2 * MIB, 6 * MIB)
    const { blocks } = lstatSync(at('gap'))
    appendFileSync(at('gap'), 'too long')
    utimesSync(at('gap'), 1, 1)
    expect(await again()).toEqual(['gap'])
    expect(inode('gap')).toBe(before)
    expect(lstatSync(at('gap')).blocks).toBeLessThanOrEqual(blocks)
    expect(scene.counted.reads).toEqual([])
  })

  it('makes a file that is too short as long as it was, and fetches what is missing', async () => {
    const before = inode('noise')
    truncateSync(at('noise'), 5 * MIB)
    expect(await again()).toEqual(['noise'])
    expect(inode('noise')).toBe(before)
    expect(fetched()).toBeLessThan(4 * MIB)
    expect(fetched()).toBeGreaterThan(MIB)
  })

  it('writes only metadata where only that differs', async () => {
    const before = ['noise', 'folder/text', 'folder/empty', 'folder/link'].map(inode)
    chmodSync(at('folder/text'), 0o666)
    utimesSync(at('noise'), 1, 1)
    utimesSync(at('folder/empty'), 1, 1)
    execFileSync('touch', ['-h', '-d', '@1', at('folder/link')])
    chmodSync(at('folder/deep'), 0o777)
    const touched = await again()
    expect(touched.toSorted()).toEqual(['folder/deep', 'folder/empty', 'folder/link', 'folder/text', 'noise'])
    expect(['noise', 'folder/text', 'folder/empty', 'folder/link'].map(inode)).toEqual(before)
    expect(scene.counted.reads).toEqual([])
  })

  it('writes attributes where only these differ, also where one is too many', async () => {
    setAttribute(at('noise'), 'user.extra')
    setAttribute(at('folder'), 'user.extra')
    setAttribute(at('folder/text'), 'user.note')
    expect((await again()).toSorted()).toEqual(['folder', 'folder/text', 'noise'])
    expect(scene.counted.reads).toEqual([])
  })

  it('makes a file anew that has another name outside, and leaves the other one alone', async () => {
    const outside = scene.path('outside')
    rmSync(outside, { force: true })
    writeFileSync(at('folder/text'), 'changed by somebody')
    linkSync(at('folder/text'), outside)
    const touched = lstatSync(outside, { bigint: true })
    await again()
    expect(readFileSync(outside, 'utf8')).toBe('changed by somebody')
    expect(lstatSync(outside, { bigint: true })).toMatchObject({ ino: touched.ino, mode: touched.mode })
    expect(lstatSync(at('folder/text')).nlink).toBe(1)
  })

  it('puts together names that were torn apart', async () => {
    rmSync(at('folder/twin-b'))
    writeFileSync(at('folder/twin-b'), 'has two names')
    await again()
    expect(inode('folder/twin-a')).toBe(inode('folder/twin-b'))
  })

  it('gives a link that points elsewhere its own target, and makes no second one', async () => {
    rmSync(at('folder/link'))
    symlinkSync('elsewhere', at('folder/link'))
    expect((await again()).toSorted()).toEqual(['folder', 'folder/link'])
  })
})

function setAttribute(path: string, name: string, value = 'altered'): void {
  expect(openSystemCalls()?.setAttribute(Buffer.from(path), Buffer.from(name), Buffer.from(value))).toBe(0)
}

/** Gives the blocks of zeros back. */
function punchHole(path: string, offset: number, length: number): void {
  const descriptor = openSync(path, 'r+')
  expect(openSystemCalls()?.punchHole(descriptor, offset, length)).toBe(0)
  closeSync(descriptor)
}

function noise(chance: ReturnType<typeof seededChance>): Uint8Array {
  return chance.fill(Buffer.alloc(MIB))
}
