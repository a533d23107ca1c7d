import { beforeEach, describe, expect, it } from 'vitest'

import {
  leaveOutLost,
  loadStoredBlobs,
  type LossReport,
  type RewrittenSnapshot,
  rewriteSnapshots,
} from '../../../../../core/maintenance/index.ts'
import { createIndexFilesWriter, newWaitNote, type Repository, sha256 } from '../../../../../core/repository/index.ts'
import { loadSnapshot, TreeReader, TreeWriter } from '../../../../../core/snapshot/index.ts'
import { storePack, storeSnapshot } from '../../../../support/craft.ts'
import { craftNode, createCraft, type Craft } from '../../../../support/crafted-tree.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'
import { nodeAt } from '../../../../support/node-at.ts'

const newRepository = await makeRepositories()

describe('leaving out what is lost', () => {
  let repository: Repository
  let craft: Craft
  /** What was told. */
  let told: string[]
  beforeEach(() => {
    repository = newRepository()
    craft = createCraft(repository)
    told = []
  })

  const report: LossReport = {
    onFile: (path, left, size, lost) => told.push(`${path}: ${left} of ${size}, ${lost} lost`),
    onFolder: (path) => told.push(`${path}: lost`),
    onFolderLeft: (path, { message }) => told.push(`${path}: left, ${message}`),
    onWaiting: (path) => told.push(`${path}: waiting`),
    onDisk: (path, lost) =>
      told.push(`${path}: ${lost.map(({ offset, length, of }) => `${of} ${offset}+${length}`).join()}`),
    onDiskLeft: (path) => told.push(`${path}: left`),
  }

  /** Makes the snapshot of this tree anew. */
  async function repair(root: Buffer): Promise<RewrittenSnapshot | undefined> {
    const snapshot = await loadSnapshot(repository, await storeSnapshot(repository, root.toString('hex')))
    const blobs = await loadStoredBlobs(repository)
    const [rewritten] = await rewriteSnapshots(repository, blobs, [snapshot], {
      rewriting: leaveOutLost(repository, blobs, report),
      tag: 'repaired',
      dryRun: false,
    })
    return rewritten
  }

  /** The root of the snapshot that was made anew. */
  async function renewed(rewritten: RewrittenSnapshot | undefined): Promise<Buffer> {
    const { tree } = await loadSnapshot(repository, rewritten?.renewed ?? '')
    return Buffer.from(tree, 'hex')
  }

  /** Stores a blob in a pack that waits to be removed. */
  async function storeWaiting(type: 'data' | 'tree', plain: Buffer): Promise<Buffer> {
    const { name, entries } = await storePack(repository, [{ type, plain }])
    const writer = createIndexFilesWriter(repository)
    await writer.addWaiting({ id: Buffer.from(name, 'hex'), blobs: entries }, newWaitNote(0, 0))
    await writer.finish()
    return sha256(plain)
  }

  it('makes a folder empty whose tree is lost, in the middle of others', async () => {
    const lost = craft.folder('lost', sha256(Buffer.from('nowhere')))
    const kept = [craft.file('a', 'one'), craft.folder('z', craft.tree(craft.file('b', 'two')))]
    const root = craft.tree(craft.folder('deep', craft.tree(lost, ...kept)))
    await craft.store()
    const tree = await renewed(await repair(root))
    expect(told).toEqual(['/deep/lost: lost'])
    const empty = await nodeAt(repository, tree, 'deep/lost')
    expect(empty).toMatchObject({ type: 'dir', mode: lost.mode, mtime: lost.mtime })
    const index = await repository.loadIndex({ purpose: 'refer' })
    const plain = await repository.loadBlob(index, 'tree', empty.subtree ?? Buffer.alloc(0))
    expect(new TreeReader(plain, 'Tree').next()).toBe(false)
    expect(await nodeAt(repository, tree, 'deep/z')).toMatchObject({ subtree: kept[1]?.subtree })
    // And nothing else is told of it from then on.
    told = []
    expect(await repair(tree)).toMatchObject({ state: 'same' })
    expect(told).toEqual([])
  })

  it('keeps the first and the last blob of a file that has lost the one between', async () => {
    const [first, last] = [craft.data(Buffer.from('first')), craft.data(Buffer.from('the last'))]
    const content = Buffer.concat([first, sha256(Buffer.from('lost')), last])
    const root = craft.tree(craftNode('file', { size: 17n, content }))
    await craft.store()
    const tree = await renewed(await repair(root))
    expect(told).toEqual(['/file: 13 of 17, 1 lost'])
    expect(await nodeAt(repository, tree, 'file')).toMatchObject({ size: 13n, content: Buffer.concat([first, last]) })
  })

  it('stores a tree anew that is only in a pack that waits: restic does not know of that', async () => {
    const lost = craftNode('file', { size: 4n, content: sha256(Buffer.from('lost')) })
    const root = craft.tree(lost, craft.file('kept', 'kept'))
    await craft.store()
    const writer = new TreeWriter()
    for (const node of [{ ...lost, size: 0n, content: Buffer.alloc(0) }, craft.file('kept', 'kept')]) writer.add(node)
    const waiting = await storeWaiting('tree', Buffer.from(writer.finish()))
    expect(await renewed(await repair(root))).toEqual(waiting)
    expect((await repository.loadIndex({ purpose: 'refer' })).find('tree', waiting)).toBeGreaterThanOrEqual(0)
  })

  it('counts what waits as there, and tells of it', async () => {
    const content = await storeWaiting('data', Buffer.from('waiting'))
    const folder = await storeWaiting('tree', Buffer.from('{"nodes":[]}\n'))
    const root = craft.tree(craftNode('file', { size: 7n, content }), craft.folder('folder', folder))
    await craft.store()
    expect(await repair(root)).toMatchObject({ state: 'same' })
    expect(told).toEqual(['/folder: waiting', '/file: waiting'])
  })

  it('leaves out a folder whose tree is called by no id, and keeps what is beside it', async () => {
    const content = craft.data(Buffer.from('one')).toString('hex')
    const subtree = craft.tree(craft.file('below', 'two')).toString('hex')
    const nodes = [
      `{"name":"b","type":"dir","subtree":"xyz"}`,
      `{"name":"c","type":"file","size":3,"content":["${content}"]}`,
      `{"name":"d","type":"dir","subtree":"${subtree}"}`,
    ]
    const root = craft.rawTree(`{"nodes":[${nodes.join(',')}]}\n`)
    await craft.store()
    const tree = await renewed(await repair(root))
    expect(told).toEqual(['/b: lost'])
    const index = await repository.loadIndex({ purpose: 'refer' })
    expect((await repository.loadBlob(index, 'tree', tree)).toString()).toBe(
      `{"nodes":[${nodes.slice(1).join(',')}]}\n`,
    )
  })
})
