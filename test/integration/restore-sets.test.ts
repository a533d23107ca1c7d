import { cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { listTree } from '../support/folder-listing.ts'
import { makeRestoreScene, type RestoreScene } from '../support/restore-scene.ts'
import { seededChance } from '../support/seeded-chance.ts'

const MIB = 1024 * 1024
const FOLDERS = 6
const FILES_A_FOLDER = 4

describe('FS-24: a restore in file sets', () => {
  let scene: RestoreScene
  let source = ''
  let tree: Buffer
  let target = ''

  beforeAll(async () => {
    scene = await makeRestoreScene()
    source = scene.path('source')
    const chance = seededChance(51)
    for (let folder = 0; folder < FOLDERS; folder++) {
      mkdirSync(join(source, `folder-${folder}`, 'empty'), { recursive: true })
      for (let file = 0; file < FILES_A_FOLDER; file++) {
        writeFileSync(join(source, `folder-${folder}`, `${file}`), chance.fill(Buffer.alloc(MIB)))
      }
    }
    // The same content again, far from the first.
    mkdirSync(join(source, 'copies'))
    cpSync(join(source, 'folder-3/2'), join(source, 'copies/one'))
    for (let folder = 0; folder < FOLDERS; folder++) utimesSync(join(source, `folder-${folder}`), 1, folder + 1)
    tree = await scene.backUp(source, { packBytes: 4 * MIB })
  })
  afterAll(() => scene[Symbol.dispose]())
  beforeEach(() => {
    target = scene.path('target')
    rmSync(target, { recursive: true, force: true })
    scene.counted.reset()
    scene.counted.delay = undefined
  })

  it('reads each pack of a set once, in as few pieces as it fits, several at a time', async () => {
    // Those that are under way at once have all begun before the first of them can end.
    scene.counted.delay = () => new Promise((resolve) => setImmediate(resolve))
    expect((await scene.restore(tree, target, { workers: 2 })).problems).toEqual([])
    const { reads } = scene.counted
    const packs = new Set(reads.map(({ pack }) => pack))
    expect(packs.size).toBeGreaterThan(4)
    expect(reads).toHaveLength(packs.size)
    expect(scene.counted.mostAtOnce).toBeGreaterThanOrEqual(3)
    expect(listTree(target)).toEqual(listTree(source))
  })

  it('never reads a byte of a pack twice within a set, though two files need it', async () => {
    await scene.restore(tree, target)
    const byPack = Map.groupBy(scene.counted.reads, ({ pack }) => pack)
    for (const reads of byPack.values()) {
      const inOrder = reads.toSorted((a, b) => a.offset - b.offset)
      for (const [at, { offset }] of inOrder.entries()) {
        const before = inOrder[at - 1]
        if (before) expect(offset).toBeGreaterThanOrEqual(before.offset + before.length)
      }
    }
    const fetched = scene.counted.reads.reduce((sum, { length }) => sum + length, 0)
    expect(fetched).toBeLessThan(FOLDERS * FILES_A_FOLDER * MIB + 64 * 1024)
  })

  it('restores the sets in the order of the snapshot, one after the other', async () => {
    const started: string[] = []
    let finishedBefore: string[] = []
    const order: string[] = []
    scene.counted.delay = async () => {
      const there = listTree(target).flatMap((line) => /^folder-(\d+)\/\d+ \|/.exec(line)?.[1] ?? [])
      order.push(...there.filter((folder) => !order.includes(folder)))
      started.push(there.at(-1) ?? '')
      finishedBefore = there
    }
    // One folder with its files, and the one in it.
    expect((await scene.restore(tree, target, { mostEntries: FILES_A_FOLDER + 2 })).problems).toEqual([])
    expect(started.length).toBeGreaterThanOrEqual(FOLDERS)
    expect(order).toEqual(order.toSorted())
    expect(finishedBefore.length).toBeGreaterThanOrEqual((FOLDERS - 2) * FILES_A_FOLDER)
    expect(listTree(target)).toEqual(listTree(source))
  })

  it.each([1, 2, 3, 5, 8, 13])('gives the same with at most %i entries a set', async (mostEntries) => {
    const { problems, restored } = await scene.restore(tree, target, { mostEntries, workers: 2 })
    expect(problems).toEqual([])
    expect(restored).toMatchObject({
      filesDone: FOLDERS * FILES_A_FOLDER + 1,
      filesTotal: FOLDERS * FILES_A_FOLDER + 1,
    })
    expect(listTree(target)).toEqual(listTree(source))
  })

  it('takes of the packs only what was selected', async () => {
    const selection = { includes: ['/folder-2/1'] }
    const { problems, restored } = await scene.restore(tree, target, { selection, mostEntries: 2 })
    expect(problems).toEqual([])
    expect(restored.filesTotal).toBe(1)
    expect(scene.counted.reads.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(MIB + 16 * 1024)
    expect(listTree(target).map((line) => line.split(' ')[0])).toEqual(['folder-2', 'folder-2/1'])
  })
})
