import { describe, expect, it } from 'vitest'

import { createFolderView } from '../../../../core/reader/worker/folder-view.ts'
import { createHeldFolders } from '../../../../core/reader/worker/held-folders.ts'
import { compareNames, TreeWriter } from '../../../../core/snapshot/index.ts'
import { seeded } from '../../../bench/data.ts'
import { craftNode } from '../../../support/crafted-tree.ts'

const compare = (a: Buffer, b: Buffer): number => compareNames(a, 0, a.length, b, 0, b.length)

function treeOf(names: readonly Buffer[]): Buffer {
  const writer = new TreeWriter()
  for (const name of names) writer.add(craftNode(name))
  return Buffer.from(writer.finish())
}

/** Names of which some are no UTF-8, some hold quotes, and some begin as others do. */
function drawNames(count: number, seed: number): Buffer[] {
  const random = seeded(seed)
  const drawn = new Map<string, Buffer>()
  while (drawn.size < count) {
    const length = 1 + Math.floor(random() * 6)
    const name = Buffer.from(
      Array.from({ length }, () => [0x22, 0x5c, 0x41, 0x62, 0x7a, 0xff][Math.floor(random() * 6)] ?? 0x41),
    )
    drawn.set(name.toString('hex'), name)
  }
  return [...drawn.values()].toSorted(compare)
}

describe('a folder view', () => {
  it('finds each name, and what comes behind any name, in whatever order it is asked', async () => {
    const names = drawNames(3000, 1)
    const random = seeded(2)
    const there = names.filter(() => random() < 0.5)
    const view = createFolderView(treeOf(there), 'Tree a')
    const asked = names.map((name) => ({ name, by: random() })).toSorted((a, b) => a.by - b.by)
    for (const { name } of asked) {
      const behind = there.find((other) => compare(other, name) > 0)
      const at = there.find((other) => compare(other, name) === 0)
      expect((await view.behind(name))?.name.toString('hex')).toBe(behind?.toString('hex'))
      expect((await view.find(name))?.name.toString('hex')).toBe(at?.toString('hex'))
    }
    expect(view.first()?.name).toEqual(there[0])
  })

  it('gives a reader that goes on to the end from where it stands', async () => {
    const names = drawNames(2000, 3)
    const view = createFolderView(treeOf(names), 'Tree a')
    const seen: Buffer[] = []
    for (let node = await view.behind(names[699] ?? Buffer.alloc(0)); node; node = node.next() ? node : undefined)
      seen.push(Buffer.from(node.name))
    expect(seen).toEqual(names.slice(700))
  })

  it('answers two that ask side by side for places far apart', async () => {
    const names = Array.from({ length: 60_000 }, (_, at) => Buffer.from(`n${String(at).padStart(6, '0')}`))
    const view = createFolderView(treeOf(names), 'Tree a')
    const [last, middle] = await Promise.all([view.behind(Buffer.from('n059998')), view.behind(Buffer.from('n030000'))])
    expect([last?.name.toString(), middle?.name.toString()]).toEqual(['n059999', 'n030001'])
  })

  it('has nothing where the folder is empty', async () => {
    const view = createFolderView(treeOf([]), 'Tree a')
    expect([view.first(), await view.behind(Buffer.from('a')), await view.find(Buffer.from('a'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })

  it('tells of damage whoever comes to it, and each time', async () => {
    const tree = treeOf([Buffer.from('a'), Buffer.from('b')])
    const broken = Buffer.concat([tree.subarray(0, tree.lastIndexOf('{')), Buffer.from('nonsense]}')])
    const view = createFolderView(broken, 'Tree a')
    expect(view.first()?.name.toString()).toBe('a')
    for (let time = 0; time < 2; time++)
      await expect(view.find(Buffer.from('c'))).rejects.toMatchObject({ code: 'repository/damaged' })
  })

  it('stops where nobody waits any more', async () => {
    const names = Array.from({ length: 20_000 }, (_, at) => Buffer.from(`n${String(at).padStart(6, '0')}`))
    const view = createFolderView(treeOf(names), 'Tree a')
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(view.find(Buffer.from('z'), { signal })).rejects.toThrow('gone')
    expect((await view.find(Buffer.from('n019999')))?.name.toString()).toBe('n019999')
  })
})

const id = (number: number): Buffer => Buffer.alloc(32, number)
const tree = (number: number): Buffer => treeOf([Buffer.from(`file-${number}`.padEnd(200, 'x'))])

describe('folders that are held', () => {
  it('are those that were used last, as many as there is room for', async () => {
    const loads: number[] = []
    const folders = createHeldFolders(3 * (tree(1).length + 1024))
    const opened = folders.over((which) => {
      loads.push(which[0] ?? 0)
      return Promise.resolve(tree(which[0] ?? 0))
    })
    for (const number of [1, 2, 3, 1, 4, 1, 2]) await opened.open(id(number))
    expect(loads).toEqual([1, 2, 3, 4, 2])
    expect([1, 2, 3, 4].map((number) => folders.held(id(number)) !== undefined)).toEqual([true, true, false, true])
  })

  it('hold the last one whatever its size', async () => {
    const folders = createHeldFolders(10)
    const opened = folders.over((which) => Promise.resolve(tree(which[0] ?? 0)))
    await opened.open(id(1))
    expect(folders.held(id(1))).toBeDefined()
    await opened.open(id(2))
    expect([folders.held(id(1)), folders.held(id(2)) !== undefined]).toEqual([undefined, true])
  })

  it('are loaded once for all who wait, and again where that failed', async () => {
    let loads = 0
    const opened = createHeldFolders().over(() => {
      loads++
      return loads === 1 ? Promise.reject(new Error('no')) : Promise.resolve(tree(1))
    })
    const first = [opened.open(id(1)), opened.open(id(1))]
    expect((await Promise.allSettled(first)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await opened.open(id(1))
    expect(loads).toBe(2)
  })
})
