import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import { walkTree } from '../../../../../core/cli/repo/walk-tree.ts'
import type { TreeLoader } from '../../../../../core/repository/index.ts'
import { TreeWriter } from '../../../../../core/snapshot/index.ts'
import { sampleNode } from '../../snapshot/sample-node.ts'

const id = (number: number): Buffer => Buffer.alloc(32, number)

/** Folders by number; an entry that has a number is that folder. */
function loaderOf(folders: Readonly<Record<number, Readonly<Record<string, number | undefined>>>>): TreeLoader {
  return {
    load([number = 0]) {
      const entries = folders[number]
      if (!entries) return Promise.reject(new CoreError('repository/not-in-repository', `no ${number}`))
      const writer = new TreeWriter()
      for (const [name, below] of Object.entries(entries)) {
        const subtree = below === undefined ? undefined : id(below)
        writer.add(sampleNode(name, subtree ? { type: 'dir', content: null, subtree } : {}))
      }
      return Promise.resolve(Buffer.from(writer.finish()))
    },
  }
}

async function walk(trees: TreeLoader, passOver = ''): Promise<string[]> {
  const met: string[] = []
  await walkTree(trees, id(1), '', {
    entry(node, folder) {
      const path = `${folder}/${node.name.toString()}`
      met.push(path)
      return path === passOver ? undefined : path
    },
    unreadable: (folder, error) => met.push(`${folder}: ${error instanceof CoreError ? error.code : String(error)}`),
    pause: () => undefined,
  })
  return met
}

const TREES = { 1: { a: 2, b: undefined, c: 3 }, 2: { x: 4, y: undefined }, 3: {}, 4: { deep: undefined } }

describe('a walk through a snapshot', () => {
  it('meets each entry before what is in it, in order', async () => {
    expect(await walk(loaderOf(TREES))).toEqual(['/a', '/a/x', '/a/x/deep', '/a/y', '/b', '/c'])
  })

  it('passes folders over that it is told to', async () => {
    expect(await walk(loaderOf(TREES), '/a')).toEqual(['/a', '/b', '/c'])
  })

  it('goes on behind a folder that is missing', async () => {
    const { 4: _, ...rest } = TREES
    expect(await walk(loaderOf(rest))).toEqual(['/a', '/a/x', '/a/x: repository/not-in-repository', '/a/y', '/b', '/c'])
  })

  it('tells what it met of a folder that breaks off, and goes on behind it', async () => {
    const whole = loaderOf(TREES)
    const broken: TreeLoader = {
      async load(tree, options) {
        const bytes = await whole.load(tree, options)
        return tree[0] === 2 ? bytes.subarray(0, bytes.lastIndexOf('"name"')) : bytes
      },
    }
    expect(await walk(broken)).toEqual(['/a', '/a/x', '/a/x/deep', '/a: repository/damaged', '/b', '/c'])
  })

  it('ends at once when it is stopped', async () => {
    const trees = loaderOf(TREES)
    const stop = new AbortController()
    const met: string[] = []
    const walked = walkTree(
      trees,
      id(1),
      '',
      {
        entry(node, folder) {
          met.push(node.name.toString())
          stop.abort(new RangeError('stopped'))
          return folder
        },
        unreadable: () => met.push('unreadable'),
        pause: () => undefined,
      },
      { signal: stop.signal },
    )
    await expect(walked).rejects.toThrow('stopped')
    expect(met).toEqual(['a'])
  })

  it('hears that it is to stop in a tree that never ends: every folder holds the next one twice', async () => {
    const trees = loaderOf(Object.fromEntries(numbers(40).map((level) => [level, { a: level + 1, b: level + 1 }])))
    const stop = new AbortController()
    let left = 5_000_000
    const walked = walkTree(
      trees,
      id(1),
      undefined,
      {
        entry() {
          if (left-- === 0) throw new Error('not heard')
          return null
        },
        unreadable(_, error) {
          if ((error as Error).message === 'not heard') throw error
        },
        pause: () => undefined,
      },
      { signal: stop.signal },
    )
    // As a signal does, it comes once the event loop turns.
    setImmediate(() => stop.abort(new RangeError('stopped')))
    await expect(walked).rejects.toThrow('stopped')
  })

  it('cuts off folders whose path is longer than 16 KiB, and tells of them', async () => {
    const name = 'x'.repeat(255)
    const trees = loaderOf(Object.fromEntries(numbers(80).map((level) => [level, { [name]: level + 1 }])))
    const met = await walk(trees)
    expect(met).toHaveLength(65)
    expect(met.at(-1)).toBe(`${`/${name}`.repeat(64)}: repository/unsupported`)
  })
})

function numbers(end: number): number[] {
  return Array.from({ length: end }, (_, at) => at + 1)
}
