import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import type { TreeLoader } from '../../../../../core/repository/index.ts'
import { createTreeSearch, TreeWriter } from '../../../../../core/snapshot/index.ts'
import { sampleNode } from '../sample-node.ts'

const id = (number: number): Buffer => Buffer.alloc(32, number)

type Folders = Readonly<Record<number, Readonly<Record<string, number | undefined>>>>

/** Breaks off behind its first node. */
const TORN = 8

/** Searches trees one after the other for entries of a name. */
function searchFor(wanted: string, folders: Folders, byPath = false) {
  const told: string[] = []
  const loads: number[] = []
  const trees: TreeLoader = {
    load([number = 0]) {
      loads.push(number)
      const entries = folders[number]
      if (!entries) return Promise.reject(new CoreError('repository/not-in-repository', `no ${number}`))
      const writer = new TreeWriter()
      for (const [name, below] of Object.entries(entries)) {
        writer.add(sampleNode(name, below === undefined ? {} : { type: 'dir', content: null, subtree: id(below) }))
      }
      const bytes = Buffer.from(writer.finish())
      return Promise.resolve(number === TORN ? bytes.subarray(0, bytes.lastIndexOf('"name"')) : bytes)
    },
  }
  const search = createTreeSearch<string>(trees, {
    meet(node, folder) {
      const path = `${folder}/${node.name.toString()}`
      const isMet = byPath ? path === wanted : node.name.toString() === wanted
      if (isMet) told.push(path)
      return isMet
    },
    enter: (node, folder) => `${folder}/${node.name.toString()}`,
    circumstances: (folder) => (byPath ? Buffer.from(folder) : undefined),
    unreadable: (folder) => told.push(`${folder}: unreadable`),
    pause: () => undefined,
  })
  return { told, loads, search: (tree: number) => search.search(id(tree), '') }
}

describe('a search in several snapshots', () => {
  const FOLDERS = {
    1: { a: 3, b: 4 },
    2: { a: 3, b: 4, c: 3 },
    3: { x: 5 },
    4: { wanted: undefined },
    5: { y: undefined },
  }

  it('finds what is there in each, and reads a folder in which there was nothing once', async () => {
    const { told, loads, search } = searchFor('wanted', FOLDERS)
    await search(1)
    expect({ told, loads }).toEqual({ told: ['/b/wanted'], loads: [1, 3, 5, 4] })
    await search(2)
    expect({ told, loads }).toEqual({ told: ['/b/wanted', '/b/wanted'], loads: [1, 3, 5, 4, 2, 4] })
  })

  it('does not read a snapshot again in which there was nothing at all', async () => {
    const { loads, search } = searchFor('nothing', FOLDERS)
    await search(2)
    await search(2)
    expect(loads).toEqual([2, 3, 5, 4])
  })

  it('reads a folder again where it lies elsewhere, if that decides', async () => {
    const { told, search } = searchFor('/c/x/y', FOLDERS, true)
    await search(1)
    await search(2)
    expect(told).toEqual(['/c/x/y'])
  })

  it('tells once of a folder that cannot be read, and goes on behind it', async () => {
    const { told, loads, search } = searchFor('wanted', { ...FOLDERS, 3: { x: 9 } })
    await search(1)
    await search(2)
    expect(told).toEqual(['/a/x: unreadable', '/b/wanted', '/b/wanted'])
    expect(loads.filter((number) => number === 9)).toHaveLength(1)
  })

  it('finds again what is there of a folder that breaks off, and tells once that it does', async () => {
    const { told, search } = searchFor('wanted', {
      1: { a: TORN, b: 5 },
      [TORN]: { wanted: undefined, x: undefined },
      5: {},
    })
    await search(1)
    await search(1)
    expect(told).toEqual(['/a/wanted', '/a: unreadable', '/a/wanted'])
  })

  it('finds a folder by its name, and reads what is in it nevertheless', async () => {
    const { told, search } = searchFor('w', { 1: { w: 2 }, 2: { w: undefined } })
    await search(1)
    expect(told).toEqual(['/w', '/w/w'])
  })
})
