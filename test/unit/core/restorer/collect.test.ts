import { describe, expect, it } from 'vitest'

import { createCollector } from '../../../../core/restorer/collect.ts'
import { createFileSet, type FileSet, isFull } from '../../../../core/restorer/file-set.ts'
import { readerOn } from '../../../support/reader-on.ts'
import { sampleNode } from '../snapshot/sample-node.ts'

const NODE = Buffer.from('{}')

function shown({ folders, files, others }: FileSet): unknown {
  const names = (list: FileSet['files']): string[] =>
    Array.from(
      { length: list.count },
      (_, at) => `${folders[list.folderOf(at)]?.path.toString()}/${list.read(at).name.toString()}`,
    )
  return { folders: folders.map(({ path }) => path.toString()), files: names(files), others: names(others) }
}

describe('a collector', () => {
  it('counts what it meets, a file with several names once', () => {
    const collector = createCollector(createFileSet(), { onFull: async () => undefined, onUnreadable: () => undefined })
    const twin = { links: 2n, size: 100n }
    collector.folder(Buffer.alloc(0), undefined, false)
    collector.entry(readerOn(sampleNode('a', { size: 7n })))
    collector.entry(readerOn(sampleNode('b', twin)))
    collector.folder(Buffer.from('deep'), NODE, true)
    collector.entry(readerOn(sampleNode('c', twin)))
    collector.entry(readerOn(sampleNode('d', { ...twin, content: Buffer.alloc(64, 5) })))
    collector.entry(readerOn(sampleNode('link', { type: 'symlink', content: null })))
    expect(collector.totals).toEqual({ files: 4, bytes: 207, folders: 2, others: 1, selected: 6 })
  })

  it('is full when the nodes of folders have many bytes', () => {
    const set = createFileSet()
    const collector = createCollector(set, { onFull: async () => undefined, onUnreadable: () => undefined })
    const huge = Buffer.alloc(50_000_000)
    const full = ['a', 'b', 'c'].map((path) => {
      collector.folder(Buffer.from(path), huge, true)
      return collector.isFull
    })
    expect(full).toEqual([false, false, true])
  })

  it('takes folders that are wanted, and without their nodes those that lead to something, once', () => {
    const set = createFileSet()
    const collector = createCollector(set, { onFull: async () => undefined, onUnreadable: () => undefined })
    collector.folder(Buffer.alloc(0), undefined, false)
    for (const [path, isWanted] of [
      ['a', false],
      ['a/leads to nothing', false],
      ['a/wanted', true],
      ['a/wanted-not', false],
      ['b', false],
      ['b/c', false],
    ] as const) {
      collector.folder(Buffer.from(path), NODE, isWanted)
    }
    collector.entry(readerOn(sampleNode('entry')))
    expect(
      set.folders.map(({ path, node }) => `${path.toString()} ${node === undefined ? 'alone' : 'wanted'}`),
    ).toEqual([' alone', 'a alone', 'a/wanted wanted', 'b alone', 'b/c alone'])
    expect(collector.totals.folders).toBe(5)
  })

  it('goes on with the same folder in the next set, and hands each set over before it is used again', async () => {
    const set = createFileSet(3)
    const given: unknown[] = []
    const collector = createCollector(set, {
      onFull: async (full) => void given.push(shown(full)),
      onUnreadable: () => undefined,
    })
    collector.folder(Buffer.from('folder'), NODE, true)
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      collector.entry(readerOn(sampleNode(name)))
      if (collector.isFull) await collector.pause()
    }
    expect(given).toEqual([
      { folders: ['folder'], files: ['folder/a', 'folder/b'], others: [] },
      { folders: ['folder'], files: ['folder/c', 'folder/d'], others: [] },
    ])
    expect(shown(set)).toEqual({ folders: ['folder'], files: ['folder/e'], others: [] })
    // Its metadata is written once.
    expect(set.folders[0]?.node).toBeUndefined()
  })

  it('is full at so many entries, or blobs', () => {
    const set = createFileSet(2)
    expect(isFull(set)).toBe(false)
    set.folders.push({ path: Buffer.alloc(0), node: undefined })
    set.others.add(0, NODE)
    expect(isFull(set)).toBe(true)
    const blobs = createFileSet()
    blobs.blobs = 1_048_576
    expect(isFull(blobs)).toBe(true)
  })
})
