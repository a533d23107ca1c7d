import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { zstdCompressSync } from 'node:zlib'

import { beforeEach, describe, expect, it } from 'vitest'

import {
  leaveOut,
  leaveOutLost,
  loadStoredBlobs,
  type RewrittenSnapshot,
  rewriteSnapshots,
  type Rewriting,
} from '../../../../../core/maintenance/index.ts'
import { createTreeLoader, type Repository, sha256 } from '../../../../../core/repository/index.ts'
import { createRestoreSelection } from '../../../../../core/selection/index.ts'
import { loadSnapshot, TreeWriter, walkTree } from '../../../../../core/snapshot/index.ts'
import { storeIndex, storePack, storeSnapshot } from '../../../../support/craft.ts'
import { craftNode, createCraft, type Craft } from '../../../../support/crafted-tree.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

const newRepository = await makeRepositories()

describe('folders that lie deep', () => {
  let repository: Repository
  let craft: Craft
  /** What a repair told. */
  let told: string[]
  beforeEach(() => {
    repository = newRepository()
    craft = createCraft(repository)
    told = []
  })

  async function rewrite(root: Buffer, rewriting: Rewriting): Promise<RewrittenSnapshot | undefined> {
    const snapshot = await loadSnapshot(repository, await storeSnapshot(repository, root.toString('hex')))
    const options = { rewriting, tag: 'anew', dryRun: false }
    const [rewritten] = await rewriteSnapshots(repository, await loadStoredBlobs(repository), [snapshot], options)
    return rewritten
  }

  async function repair(root: Buffer): Promise<RewrittenSnapshot | undefined> {
    const rewriting = leaveOutLost(repository, await loadStoredBlobs(repository), {
      onFile: (path) => told.push(`file ${path}`),
      onFolder: (path) => told.push(`folder ${path}`),
      onFolderLeft: (path, { message }) => told.push(`left ${path.length}: ${message}`),
      onWaiting: (path) => told.push(`waiting ${path}`),
      onDisk: (path) => told.push(`disk ${path}`),
      onDiskLeft: (path) => told.push(`disk left ${path}`),
    })
    return rewrite(root, rewriting)
  }

  /** The paths of all that is in a snapshot. */
  async function pathsIn(id = ''): Promise<string[]> {
    const { tree } = await loadSnapshot(repository, id)
    const paths: string[] = []
    const trees = createTreeLoader(repository, await repository.loadIndex({ purpose: 'read' }))
    await walkTree(trees, Buffer.from(tree, 'hex'), '', {
      entry(node, folder) {
        const path = `${folder}/${node.name.toString()}`
        paths.push(path)
        return path
      },
      unreadable: (folder, error) => expect.unreachable(`${folder}: ${String(error)}`),
      pause: () => undefined,
    })
    return paths
  }

  describe('in a chain of a hundred thousand', () => {
    let root: Buffer
    beforeEach(async () => {
      let chain = craft.tree(craft.file('bottom', 'content'))
      for (let level = 0; level < 100_000; level++) chain = craft.tree(craft.folder('x', chain))
      root = craft.tree(craft.folder('chain', chain))
      await craft.store()
    })

    it('are left as they are by a repair, and told of', async () => {
      expect(await repair(root)).toMatchObject({ state: 'same' })
      expect(told).toEqual(['left 16384: it lies deeper than paths of 16384 bytes reach'])
    })

    it('stop a rewriting that may have to leave out some of them, and the snapshot is named', async () => {
      const rewriting = leaveOut(createRestoreSelection({ excludes: ['bottom'] }))
      await expect(rewrite(root, rewriting)).rejects.toMatchObject({
        code: 'repository/unsupported',
        message: expect.stringMatching(
          /^Snapshot [0-9a-f]{8} holds a folder that cannot be looked into: it lies deeper than paths of 16384 bytes reach\.$/,
        ) as string,
      })
    })

    it('are left out with the folder that they are in', async () => {
      const rewritten = await rewrite(root, leaveOut(createRestoreSelection({ excludes: ['chain'] })))
      expect(await pathsIn(rewritten?.renewed)).toEqual([])
    })
  })

  describe('to which a shorter path leads, too', () => {
    const name = 'x'.repeat(200)

    async function repairBoth(long: string, short: string): Promise<void> {
      const lost = craft.tree(craftNode('lost', { size: 4n, content: sha256(Buffer.from('lost')) }))
      const shared = craft.tree(craft.folder(name, lost))
      let chain = shared
      for (let level = 0; level < 81; level++) chain = craft.tree(craft.folder(name, chain))
      const root = craft.tree(craft.folder(long, chain), craft.folder(short, shared))
      await craft.store()
      expect(await repair(root)).toMatchObject({ state: 'changed' })
    }

    it('are made anew there, and left as they are where they lie deep', async () => {
      await repairBoth('a', 'b')
      expect(told).toEqual([expect.stringMatching(/^left 16484: it lies deeper/) as string, `file /b/${name}/lost`])
    })

    it('are what they are there, if that comes first', async () => {
      await repairBoth('b', 'a')
      expect(told).toEqual([`file /a/${name}/lost`])
    })
  })

  it('are not held in memory all at once, and what lies beside them is dealt with', async () => {
    const levels = 12
    const padding = Buffer.alloc(20_000_000, ' ')
    let below: Buffer | undefined
    for (let level = 0; level < levels; level++) {
      const writer = new TreeWriter()
      if (below) writer.add(craft.folder('b', below))
      for (const name of ['c drop', 'd']) writer.add(craftNode(name))
      const plain = Buffer.concat([writer.finish(), padding])
      const pack = await storePack(repository, [{ type: 'tree', plain, body: zstdCompressSync(plain) }])
      await storeIndex(repository, pack)
      below = sha256(plain)
    }
    setFlagsFromString('--expose-gc')
    const collect = runInNewContext('gc') as () => void
    const loaded: WeakRef<ArrayBufferLike>[] = []
    let most = 0
    const rewritten = await rewrite(below ?? Buffer.alloc(0), {
      ...leaveOut(createRestoreSelection({ excludes: ['* drop'] })),
      async settle(_, plain) {
        loaded.push(new WeakRef(plain.buffer))
        // What was awaited last is let go of first.
        await new Promise(setImmediate)
        collect()
        most = Math.max(most, loaded.filter((each) => each.deref() !== undefined).length)
        return undefined
      },
    })
    expect(loaded).toHaveLength(levels)
    expect(most).toBeLessThanOrEqual(5)
    const folders = Array.from({ length: levels - 1 }, (_, level) => '/b'.repeat(level + 1))
    const files = ['', ...folders].map((folder) => `${folder}/d`)
    expect((await pathsIn(rewritten?.renewed)).toSorted()).toEqual([...folders, ...files].toSorted())
  })
})
