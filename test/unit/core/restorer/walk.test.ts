import { describe, expect, it } from 'vitest'

import type { TreeLoader } from '../../../../core/repository/index.ts'
import { type RestoreVisitor, walkSnapshot } from '../../../../core/restorer/walk.ts'
import { createRestoreSelection, type RestoreSelectionOptions } from '../../../../core/selection/index.ts'
import { compareNames, type Node, TreeWriter } from '../../../../core/snapshot/index.ts'
import { sampleNode } from '../snapshot/sample-node.ts'

/** Names of files, and folders of the same. */
interface Folder {
  readonly [name: string]: Folder | 'file'
}

/** Loads the trees that were made of folders; ids are numbers. */
function madeTrees(): {
  trees: TreeLoader
  add: (folder: Folder) => Buffer
  addTree: (nodes: readonly Node[]) => Buffer
} {
  const made: Buffer[] = []
  function add(folder: Folder): Buffer {
    const nodes = Object.entries(folder).map(([name, what]): Node =>
      what === 'file' ? sampleNode(name) : sampleNode(name, { type: 'dir', subtree: add(what), content: null }),
    )
    return addTree(nodes)
  }
  function addTree(nodes: readonly Node[]): Buffer {
    const writer = new TreeWriter()
    for (const node of nodes.toSorted((a, b) => compareNames(a.name, 0, a.name.length, b.name, 0, b.name.length))) {
      writer.add(node)
    }
    const id = Buffer.alloc(32)
    id.writeUInt32LE(made.push(Buffer.from(writer.finish())) - 1)
    return id
  }
  const trees: TreeLoader = {
    async load(id) {
      const tree = made[Buffer.from(id).readUInt32LE()]
      if (!tree) throw new Error('this tree is missing')
      return tree
    },
  }
  return { trees, add, addTree }
}

const DEEP: Folder = { z: 'file', b: { c: { d: 'file' }, a: 'file' }, a: 'file', e: {} }

async function walk(folder: Folder, options: RestoreSelectionOptions = {}, changes: Partial<RestoreVisitor> = {}) {
  const { trees, add } = madeTrees()
  const met: string[] = []
  const visitor: RestoreVisitor = {
    folder: (path, _node, isSelected) => void met.push(`${path.toString()}/${isSelected ? '' : ' (leads there)'}`),
    entry: (node) => void met.push(node.name.toString()),
    isFull: false,
    pause: () => Promise.resolve(),
    unreadable: (path, error) => void met.push(`${path.toString()}: ${(error as Error).message}`),
    ...changes,
  }
  await walkSnapshot(trees, add(folder), createRestoreSelection(options), visitor)
  return met
}

describe('walking a snapshot', () => {
  it('meets folders depth first, and entries before the folders beside them, in the order of names', async () => {
    expect(await walk(DEEP)).toEqual(['/ (leads there)', 'a', 'z', 'b/', 'a', 'b/c/', 'd', 'e/'])
  })

  it('enters only folders that may hold what is selected', async () => {
    expect(await walk(DEEP, { includes: ['/b/c/d'] })).toEqual([
      '/ (leads there)',
      'b/ (leads there)',
      'b/c/ (leads there)',
      'd',
    ])
    expect(await walk(DEEP, { excludes: ['c', 'e'] })).toEqual(['/ (leads there)', 'a', 'z', 'b/', 'a'])
  })

  it('pauses after any entry where it is asked to, and fails where that fails', async () => {
    let pauses = 0
    const isFull = true
    await walk(DEEP, {}, { isFull, pause: async () => void pauses++ })
    // Each entry, also of folders, and each folder.
    expect(pauses).toBe(7 + 4)
    await expect(walk(DEEP, {}, { isFull, pause: () => Promise.reject(new Error('no room')) })).rejects.toThrow(
      'no room',
    )
  })

  it('ends at once where it was stopped', async () => {
    const { trees, add } = madeTrees()
    const signal = AbortSignal.abort(new Error('stopped'))
    const visitor = {} as RestoreVisitor
    await expect(walkSnapshot(trees, add(DEEP), createRestoreSelection({}), visitor, { signal })).rejects.toThrow(
      'stopped',
    )
  })

  it('lets go of the folders above where they are large, loads them again, and meets the same', async () => {
    const { trees, add } = madeTrees()
    let chain: Folder = { bottom: 'file' }
    for (let level = 0; level < 8; level++) chain = { a: 'file', b: chain, c: 'file', d: { e: 'file' } }
    const root = add(chain)
    const loads = { small: 0, large: 0 }
    const large: TreeLoader = {
      async load(id) {
        if (root.equals(id)) loads.large++
        return Buffer.concat([await trees.load(id), Buffer.alloc(15_000_000, ' ')])
      },
    }
    const small: TreeLoader = {
      load(id) {
        if (root.equals(id)) loads.small++
        return trees.load(id)
      },
    }
    async function meet(from: TreeLoader): Promise<string[]> {
      const met: string[] = []
      const visitor: RestoreVisitor = {
        folder: (path, node, isSelected) => void met.push(`${path.toString()} ${node?.length} ${isSelected}`),
        entry: (node) => void met.push(node.name.toString()),
        isFull: false,
        pause: () => Promise.resolve(),
        unreadable: (_, error) => expect.unreachable(String(error)),
      }
      await walkSnapshot(from, root, createRestoreSelection({ excludes: ['/b/b/d'] }), visitor)
      return met
    }
    expect(await meet(large)).toEqual(await meet(small))
    expect(loads).toEqual({ small: 1, large: 2 })
  })

  it('names a folder whose tree is missing, and goes on', async () => {
    const { trees } = madeTrees()
    const met: string[] = []
    const visitor: RestoreVisitor = {
      folder: () => undefined,
      entry: () => undefined,
      isFull: false,
      pause: () => Promise.resolve(),
      unreadable: (path, error) => void met.push(`${path.toString()}: ${(error as Error).message}`),
    }
    await walkSnapshot(trees, Buffer.alloc(32), createRestoreSelection({}), visitor)
    expect(met).toEqual([': this tree is missing'])
  })

  it('hears that it is to stop in a tree that never ends: every folder holds the next one twice', async () => {
    const { trees, add, addTree } = madeTrees()
    let root = add({})
    for (let level = 0; level < 40; level++) {
      const below = root
      root = addTree(['a', 'b'].map((name) => sampleNode(name, { type: 'dir', subtree: below, content: null })))
    }
    const stop = new AbortController()
    let left = 5_000_000
    const visitor: RestoreVisitor = {
      folder() {
        if (left-- === 0) throw new Error('not heard')
      },
      entry: () => undefined,
      isFull: false,
      pause: () => Promise.resolve(),
      unreadable: () => undefined,
    }
    const walked = walkSnapshot(trees, root, createRestoreSelection({}), visitor, { signal: stop.signal })
    // As a signal does, it comes once the event loop turns.
    setImmediate(() => stop.abort(new RangeError('stopped')))
    await expect(walked).rejects.toThrow('stopped')
  })
})
