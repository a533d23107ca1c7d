import { beforeEach, describe, expect, it } from 'vitest'

import { leaveOut, loadStoredBlobs, rewriteSnapshots } from '../../../../../core/maintenance/index.ts'
import { type Repository, sha256 } from '../../../../../core/repository/index.ts'
import { createRestoreSelection } from '../../../../../core/selection/index.ts'
import { encodeSnapshot, loadSnapshot, parseTime, type StoredSnapshot } from '../../../../../core/snapshot/index.ts'
import { createCraft, type Craft } from '../../../../support/crafted-tree.ts'
import { failLoads } from '../../../../support/failing-storage.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'
import { sampleSnapshot } from '../../../../support/sample-snapshot.ts'

const AT = parseTime('2026-11-21T04:32:15Z')
const COUNT = { filesNew: 1n, filesChanged: 0n, filesUnmodified: 0n, dirsNew: 1n, dirsChanged: 0n, dirsUnmodified: 0n }
const SUMMARY = {
  backupStart: AT,
  backupEnd: AT,
  ...COUNT,
  dataBlobs: 1n,
  treeBlobs: 1n,
  dataAdded: 9n,
  dataAddedPacked: 9n,
}

const newRepository = await makeRepositories()

describe('leaving out what is not to be kept', () => {
  let repository: Repository
  let craft: Craft
  beforeEach(() => {
    repository = newRepository()
    craft = createCraft(repository)
  })

  /** Makes a snapshot of `secret`, with this tree, and of a file of three bytes anew without `secret`. */
  async function rewrite(secret: Buffer, change = (same: Repository) => same): Promise<StoredSnapshot> {
    const root = craft.tree(craft.folder('secret', secret), craft.file('kept', 'abc'))
    await craft.store()
    const summary = { ...SUMMARY, totalFilesProcessed: 3n, totalBytesProcessed: 10n }
    const { id: _, ...snapshot } = sampleSnapshot({ tree: root.toString('hex'), summary })
    const stored = await loadSnapshot(repository, await repository.saveDocument('snapshot', encodeSnapshot(snapshot)))
    const changed = change(repository)
    const [rewritten] = await rewriteSnapshots(changed, await loadStoredBlobs(repository), [stored], {
      rewriting: leaveOut(createRestoreSelection({ excludes: ['secret'] })),
      tag: 'rewrite',
      dryRun: false,
    })
    expect(rewritten).toMatchObject({ state: 'changed' })
    return loadSnapshot(repository, rewritten?.renewed ?? '')
  }

  it('says in the summary how much is left', async () => {
    const below = craft.tree(craft.file('key', 'hush'))
    const { summary } = await rewrite(craft.tree(craft.file('key', 'hus'), craft.folder('below', below)))
    expect(summary).toEqual({ ...SUMMARY, totalFilesProcessed: 1n, totalBytesProcessed: 3n })
  })

  it('leaves out what lies below an entry that is called a file and has a tree', async () => {
    const secret = craft.tree(craft.file('key', 'hush'))
    const odd = craft.folder('odd', craft.tree(craft.folder('secret', secret), craft.file('rest', 'x')), {
      type: 'file',
    })
    const root = craft.tree(odd)
    await craft.store()
    const { id: _, ...snapshot } = sampleSnapshot({ tree: root.toString('hex') })
    const stored = await loadSnapshot(repository, await repository.saveDocument('snapshot', encodeSnapshot(snapshot)))
    const [rewritten] = await rewriteSnapshots(repository, await loadStoredBlobs(repository), [stored], {
      rewriting: leaveOut(createRestoreSelection({ excludes: ['secret'] })),
      tag: 'rewrite',
      dryRun: false,
    })
    expect(rewritten).toMatchObject({ state: 'changed' })
  })

  it('leaves out a folder that is lost, and does not pretend to know how much is left', async () => {
    const below = craft.folder('below', sha256(Buffer.from('nowhere')))
    expect((await rewrite(craft.tree(craft.file('key', 'hush'), below))).summary).toBeUndefined()
  })

  it('leaves out a folder that cannot be had at the moment, likewise', async () => {
    const other = createCraft(repository)
    const secret = other.tree(other.file('key', 'hush'))
    await other.store()
    const index = await repository.loadIndex({ purpose: 'read' })
    const pack = index.packs.idOf(index.locate(index.find('tree', secret)).pack).toString('hex')
    await repository.storage.save({ kind: 'config', name: '' }, Buffer.from('config'))
    const mute = repository.over(failLoads(repository.storage, ({ name }) => name === pack))
    expect((await rewrite(secret, () => mute)).summary).toBeUndefined()
  })
})
