import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

import { describe, expect, it } from 'vitest'

import { CoreError } from '../../../../../core/base/index.ts'
import type { TreeLoader } from '../../../../../core/repository/index.ts'
import { TreeWriter, walkTree } from '../../../../../core/snapshot/index.ts'
import { sampleNode } from '../sample-node.ts'

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

async function walk(trees: TreeLoader, passOver = '', left?: string[]): Promise<string[]> {
  const met: string[] = []
  await walkTree(trees, id(1), '', {
    entry(node, folder) {
      const path = `${folder}/${node.name.toString()}`
      met.push(path)
      return path === passOver ? undefined : path
    },
    unreadable: (folder, error) => met.push(`${folder}: ${error instanceof CoreError ? error.code : String(error)}`),
    left: (folder) => left?.push(folder),
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

  it('tells when it has left a folder, be it unreadable, behind those in it', async () => {
    const left: string[] = []
    const { 4: _, ...rest } = TREES
    await walk(loaderOf(rest), '', left)
    expect(left).toEqual(['/a/x', '/a', '/c', ''])
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

  describe('of folders that are large', () => {
    const PADDING = ' '.repeat(20_000_000)
    /** Loads folders of 20 MB, and knows which of them are still in memory. */
    function loadLarge(folders: Parameters<typeof loaderOf>[0]) {
      const small = loaderOf(folders)
      const loaded: WeakRef<ArrayBufferLike>[] = []
      const trees: TreeLoader = {
        async load(tree, options) {
          const bytes = Buffer.concat([await small.load(tree, options), Buffer.from(PADDING)])
          loaded.push(new WeakRef(bytes.buffer))
          return bytes
        },
      }
      return { trees, loaded }
    }

    it('holds a few of those above, and goes on in them where it was', async () => {
      const levels = 12
      const chain = numbers(levels).map((level) => [level, { a: undefined, b: level + 1, c: undefined, d: levels + 1 }])
      const folders = { ...Object.fromEntries(chain), [levels + 1]: { end: undefined } }
      const { trees, loaded } = loadLarge(folders)
      setFlagsFromString('--expose-gc')
      const collect = runInNewContext('gc') as () => void
      let most = 0
      const met: string[] = []
      let depth = 0
      await walkTree(trees, id(1), 0, {
        entry(node, level) {
          met.push(`${level}${node.name.toString()}`)
          return level + 1
        },
        unreadable: (_, error) => expect.unreachable(String(error)),
        async pause() {
          if (met.length === depth) return
          depth = met.length
          // What was awaited last is let go of first.
          await new Promise(setImmediate)
          collect()
          most = Math.max(most, loaded.filter((each) => each.deref() !== undefined).length)
        },
      })
      const downwards = numbers(levels).map((level) => level - 1)
      expect(met).toEqual([
        ...downwards.flatMap((level) => [`${level}a`, `${level}b`]),
        `${levels}end`,
        ...downwards.toReversed().flatMap((level) => [`${level}c`, `${level}d`, `${level + 1}end`]),
      ])
      expect(most).toBeLessThanOrEqual(5)
      // Each of the chain at most once more, and the last one once for each that names it.
      expect(loaded.length).toBeLessThanOrEqual(2 * levels + levels + 1)
    })

    it('does not load a folder again for each of those in it', async () => {
      const many = numbers(200)
      const folders = { 1: Object.fromEntries(many.map((at) => [`f${at + 1000}`, 2])), 2: { end: undefined } }
      const small = loaderOf(folders)
      let loads = 0
      const trees: TreeLoader = {
        async load(tree, options) {
          loads++
          const bytes = await small.load(tree, options)
          return tree[0] === 1 ? Buffer.concat([bytes, Buffer.alloc(70_000_000, ' ')]) : bytes
        },
      }
      expect(await walk(trees)).toHaveLength(400)
      expect(loads).toBe(201)
    })

    it('tells of a folder that cannot be loaded again, and goes on above it', async () => {
      const levels = 6
      const folders = Object.fromEntries(numbers(levels).map((level) => [level, { a: level + 1, b: undefined }]))
      const { trees } = loadLarge({ ...folders, [levels + 1]: {} })
      const seen = new Set<number>()
      const met = await walk({
        load(tree, options) {
          const [number = 0] = tree
          if (number === 2 && seen.has(number)) return Promise.reject(new CoreError('repository/damaged', 'gone'))
          seen.add(number)
          return trees.load(tree, options)
        },
      })
      expect(met.slice(-2)).toEqual(['/a: repository/damaged', '/b'])
      expect(met).not.toContain('/a/b')
      expect(met).toContain('/a/a/b')
    })
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
