import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { CoreError, sleep } from '../../core/base/index.ts'
import { type BlobIndex, createTreeLoader, ID_BYTES } from '../../core/repository/index.ts'
import { streamArchive, type StreamArchiveOptions, streamFile } from '../../core/restorer/index.ts'
import { findNode, TreeReader } from '../../core/snapshot/index.ts'
import { type Craft, craftNode, createCraft } from '../support/crafted-tree.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { expectSameTree } from '../support/tree-listing.ts'

const MIB = 1024 * 1024
/** What may be read ahead, the blob that is handed over, and the one that comes next: they have 1 or 2 MiB here. */
const MOST_AHEAD = 12 * MIB
/** Bytes, in blobs that cannot be made smaller. */
const LARGE = 48 * MIB

let scene: RestoreScene
let craft: Craft
/** The tree of `source`, a folder with a large file, and others. */
let tree: Buffer
let source: string

beforeAll(async () => {
  scene = await makeRestoreScene()
  craft = createCraft(scene.repository)
  source = scene.path('source')
  mkdirSync(join(source, 'folder/deep'), { recursive: true })
  for (let file = 0; file < 200; file++) writeFileSync(join(source, 'folder/deep', `file-${file}`), `content ${file}`)
  writeFileSync(join(source, 'large'), seededChance(7).fill(Buffer.alloc(LARGE)))
  symlinkSync('folder/deep', join(source, 'link'))
  writeFileSync(join(source, 'empty'), '')
  tree = await scene.backUp(source)
})
afterAll(() => scene[Symbol.dispose]())
beforeEach(() => {
  scene.counted.reset()
  scene.counted.refuse = undefined
  scene.counted.delay = undefined
})

const loadIndex = (): Promise<BlobIndex> => scene.repository.loadIndex({ purpose: 'read' })

async function archiveOf(root: Buffer, options: StreamArchiveOptions = {}): Promise<AsyncIterable<Uint8Array>> {
  const index = await loadIndex()
  const trees = createTreeLoader(scene.repository, index)
  return streamArchive(scene.repository, index, trees, { path: Buffer.alloc(0), node: undefined, tree: root }, options)
}

async function nodeOf(root: Buffer, name: string): Promise<TreeReader> {
  const bytes = await createTreeLoader(scene.repository, await loadIndex()).load(root)
  return findNode(bytes, Buffer.from(name), 'Tree') ?? expect.unreachable(`${name} is there`)
}

async function fileOf(name: string): Promise<AsyncIterable<Uint8Array>> {
  return streamFile(scene.repository, await loadIndex(), await nodeOf(tree, name))
}

/** All that comes, and what it ended with. */
async function drain(bytes: AsyncIterable<Uint8Array>): Promise<{ readonly bytes: Buffer; readonly error: unknown }> {
  const pieces: Uint8Array[] = []
  try {
    for await (const piece of bytes) pieces.push(piece)
    return { bytes: Buffer.concat(pieces), error: undefined }
  } catch (error) {
    return { bytes: Buffer.concat(pieces), error }
  }
}

/** Bytes that were read of packs, once nothing more is read. */
async function readWhenIdle(): Promise<number> {
  for (let before = -1; before !== scene.counted.reads.length; await sleep(300)) before = scene.counted.reads.length
  return scene.counted.reads.reduce((sum, { length }) => sum + length, 0)
}

describe('the archive of a folder, as a stream', () => {
  it('brings all of the folder back', async () => {
    const { bytes, error } = await drain(await archiveOf(tree))
    expect(error).toBeUndefined()
    const target = scene.path('unpacked')
    mkdirSync(target)
    execFileSync('tar', ['-xp', '-C', target], { input: bytes })
    // Of the root of a snapshot nothing is stored, its time neither.
    execFileSync('touch', ['-r', source, target])
    execFileSync('chmod', ['--reference', source, target])
    expectSameTree(target, source)
    rmSync(target, { recursive: true })
  })

  it('reads nothing before it is asked for, and a few MiB more than were taken', async () => {
    const { content, size } = await nodeOf(tree, 'large')
    // With nothing else: packs of many small files are read whole, which is not counted.
    const root = craft.tree(craftNode('large', { content, size }))
    await craft.store()
    const archive = await archiveOf(root)
    expect(await readWhenIdle()).toBe(0)
    let taken = 0
    const ahead: number[] = []
    for await (const { length } of archive) {
      taken += length
      // Several times on the way through it.
      if (ahead.length < taken / (8 * MIB)) ahead.push((await readWhenIdle()) - taken)
    }
    expect(taken).toBeGreaterThan(LARGE)
    expect(ahead.length).toBeGreaterThan(5)
    expect(Math.min(...ahead.slice(0, 3))).toBeGreaterThan(MIB)
    expect(Math.max(...ahead)).toBeLessThan(MOST_AHEAD)
  })

  it('ends its reading when nobody takes any more', async () => {
    for await (const { length } of await archiveOf(tree)) if (length > 0) break
    const { length } = scene.counted.reads
    await sleep(300)
    expect(scene.counted.reads).toHaveLength(length)
    expect(await readWhenIdle()).toBeLessThan(LARGE / 2)
  })

  it('ends with the reason of a signal', async () => {
    const stop = new AbortController()
    let taken = 0
    const failed = (async () => {
      for await (const { length } of await archiveOf(tree, { signal: stop.signal })) {
        taken += length
        if (taken > 4 * MIB) stop.abort(new RangeError('enough'))
      }
    })()
    await expect(failed).rejects.toThrow('enough')
    expect(await readWhenIdle()).toBeLessThan(LARGE / 2)
  })
})

/** What GNU tar says of an archive: its names, and whether it is whole. */
function list(archive: Buffer): { readonly names: readonly string[]; readonly isWhole: boolean } {
  const { status, stdout } = spawnSync('tar', ['-t'], { input: archive, encoding: 'utf8' })
  return { names: stdout.trimEnd().split('\n'), isWhole: status === 0 }
}

describe('an archive that lacks something', () => {
  const MARK = 'THIS-ARCHIVE-IS-NOT-WHOLE'

  it('ends in an error where a file cannot be read, and nothing takes it for whole', async () => {
    scene.counted.refuse = () => new CoreError('repository/damaged', 'the disk is broken')
    const { bytes, error } = await drain(await archiveOf(tree))
    expect(error).toMatchObject({
      code: 'repository/damaged',
      message: expect.stringContaining('breaks off at /') as string,
    })
    expect(list(bytes).isWhole).toBe(false)
  })

  it('breaks off where a part of a file is in no index, whatever size it is said to have', async () => {
    const gone = Buffer.alloc(ID_BYTES, 7)
    const root = craft.tree(craft.file('a', 'content'), craftNode('b', { content: gone, size: 0n }))
    await craft.store()
    const { bytes, error } = await drain(await archiveOf(root))
    expect(error).toMatchObject({ code: 'repository/not-in-repository' })
    expect(list(bytes).isWhole).toBe(false)
  })

  it('breaks off where a folder cannot be read', async () => {
    const root = craft.tree(craft.file('a', 'content'), craft.folder('b', Buffer.alloc(ID_BYTES, 8)))
    await craft.store()
    const { bytes, error } = await drain(await archiveOf(root))
    expect(error).toMatchObject({
      code: 'repository/not-in-repository',
      message: expect.stringContaining('breaks off at /b') as string,
    })
    expect(list(bytes)).toEqual({ names: ['a', 'b/', MARK], isWhole: false })
  })

  it('has all else, and ends in an error that names the first, where files are not what the snapshot says', async () => {
    const wrong = { size: 99n }
    const root = craft.tree(
      craft.file('a', 'content', wrong),
      craft.file('b', 'other', wrong),
      craftNode('c', { type: 'irregular', content: null }),
      craft.file('d', 'right'),
    )
    await craft.store()
    const { bytes, error } = await drain(await archiveOf(root))
    expect(error).toMatchObject({ code: 'repository/damaged', context: { problems: 3 } })
    expect((error as Error).message).toContain('/a: 7 bytes of it are stored, and the snapshot says 99, and 2 others')
    expect(list(bytes)).toEqual({ names: ['a', 'b', 'd', MARK], isWhole: false })
    const target = scene.path('lacking')
    mkdirSync(target)
    spawnSync('tar', ['-x', '-C', target], { input: bytes })
    expect(readFileSync(join(target, 'd'), 'utf8')).toBe('right')
    // Whoever unpacks it nevertheless finds out.
    expect(readdirSync(target)).toContain(MARK)
  })

  it('is whole without a socket, which is told', async () => {
    const root = craft.tree(craftNode('socket', { type: 'socket', content: null }), craft.file('z', 'content'))
    await craft.store()
    const leftOut: string[] = []
    const { bytes, error } = await drain(await archiveOf(root, { onLeftOut: (path) => leftOut.push(String(path)) }))
    expect(error).toBeUndefined()
    expect(leftOut).toEqual(['socket'])
    expect(list(bytes)).toEqual({ names: ['z'], isWhole: true })
  })
})

describe('the content of a file, as a stream', () => {
  it('is the file, blob by blob', async () => {
    const pieces: Uint8Array[] = []
    for await (const piece of await fileOf('large')) pieces.push(piece)
    expect(Buffer.concat(pieces).equals(readFileSync(join(source, 'large')))).toBe(true)
    expect(pieces).toHaveLength((await nodeOf(tree, 'large')).blobs)
    expect(pieces.length).toBeGreaterThan(5)
    expect(await drain(await fileOf('empty'))).toEqual({ bytes: Buffer.alloc(0), error: undefined })
  })

  it('is that of the file that the reader stood on', async () => {
    const root = craft.tree(craft.file('a', 'first'), craft.file('b', 'second'))
    await craft.store()
    const index = await loadIndex()
    const node = new TreeReader(await createTreeLoader(scene.repository, index).load(root), 'Tree')
    node.next()
    const first = streamFile(scene.repository, index, node)
    node.next()
    expect(String((await drain(first)).bytes)).toBe('first')
  })

  it('is read a few MiB ahead, and no more once nobody takes any', async () => {
    let taken = 0
    for await (const { length } of await fileOf('large')) {
      taken += length
      if (taken > LARGE / 4) break
      expect((await readWhenIdle()) - taken).toBeLessThan(MOST_AHEAD)
    }
    expect(await readWhenIdle()).toBeLessThan(LARGE / 2)
  })

  it('ends before the first blob that cannot be read', async () => {
    const { content } = await nodeOf(tree, 'large')
    const index = await loadIndex()
    // The third, by where it lies.
    const { pack, offset } = index.locate(
      index.find('data', content?.subarray(2 * ID_BYTES, 3 * ID_BYTES) ?? Buffer.alloc(0)),
    )
    const name = index.packs.idOf(pack).toString('hex')
    scene.counted.refuse = (each) => {
      const last = scene.counted.reads.findLast((read) => read.pack === each)
      return each === name && last?.offset === offset ? new CoreError('repository/damaged', 'broken') : undefined
    }
    const { bytes, error } = await drain(await fileOf('large'))
    expect(error).toMatchObject({ code: 'repository/damaged' })
    const whole = readFileSync(join(source, 'large'))
    expect(bytes.length).toBeGreaterThan(0)
    expect(bytes.length).toBeLessThan(whole.length / 2)
    expect(bytes.equals(whole.subarray(0, bytes.length))).toBe(true)
  })

  it('is refused at once of what is no file', async () => {
    for (const name of ['link', 'folder'])
      await expect(fileOf(name)).rejects.toThrow(expect.objectContaining({ code: 'input/invalid' }) as Error)
  })
})
