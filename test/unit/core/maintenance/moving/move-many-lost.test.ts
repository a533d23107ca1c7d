import { beforeAll, describe, expect, it } from 'vitest'

import { copyBlobs } from '../../../../../core/maintenance/copy/copy-blobs.ts'
import { openCopying } from '../../../../../core/maintenance/copy/copying.ts'
import { DEFAULT_LIMITS, planCopy, planPrune } from '../../../../../core/maintenance/index.ts'
import type { Repository } from '../../../../../core/repository/index.ts'
import { loadSnapshots } from '../../../../../core/snapshot/index.ts'
import { storeIndex, storePack, storeSnapshot } from '../../../../support/craft.ts'
import { createCraft } from '../../../../support/crafted-tree.ts'
import { failLoads } from '../../../../support/failing-storage.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'

/** More than a call may have arguments. */
const MANY = 200_000
const BLOB_BYTES = 100
const BATCH = 1

/** Lists many blobs, one byte further each, in a pack that holds nothing of the kind. Returns the pack's name. */
async function storeMany(repository: Repository, first: number): Promise<string> {
  const { name } = await storePack(repository, [{ type: 'data', plain: Buffer.alloc(MANY + BLOB_BYTES) }])
  const blobs = Array.from(
    { length: MANY },
    (_, at) =>
      `{"id":"${at.toString(16).padStart(64, '0')}","type":"data","offset":${first + at},"length":${BLOB_BYTES}}`,
  )
  await repository.saveDocument('index', Buffer.from(`{"packs":[{"id":"${name}","blobs":[${blobs.join(',')}]}]}`))
  return name
}

describe('what is lost of one pack', () => {
  let fresh: () => Repository
  beforeAll(async () => {
    const make = await makeRepositories()
    fresh = () => make()
  })

  /** How many blobs a copy of all of them loses. */
  async function lostOf(source: Repository): Promise<number> {
    const copying = await openCopying(source, fresh(), { onUnreadable: () => expect.unreachable() })
    copying.marks.fill(BATCH)
    const told: number[] = []
    const { lost } = await copyBlobs(copying, BATCH, {
      workers: 1,
      onBlobs: () => undefined,
      onDamage: (_, blobs) => told.push(blobs),
    })
    expect(told).toEqual([lost])
    return lost
  }

  it('may be hundreds of thousands of damaged blobs', async () => {
    const source = fresh()
    await storeMany(source, 0)
    expect(await lostOf(source)).toBe(MANY)
  })

  it('may be as many behind the end of it', async () => {
    const source = fresh()
    await storeMany(source, 10 * MANY)
    expect(await lostOf(source)).toBe(MANY)
  })

  it('may be as many that the storage does not hand out', async () => {
    const source = fresh()
    const pack = await storeMany(source, 0)
    // What a copy looks for, to tell a file that cannot be read from a storage that is gone.
    await source.storage.save({ kind: 'config', name: '' }, Buffer.from('config'))
    const mute = source.over(failLoads(source.storage, ({ name }) => name === pack))
    expect(await lostOf(mute)).toBe(MANY)
  })

  it('may be as many trees', async () => {
    const source = fresh()
    const craft = createCraft(source)
    const trees = Array.from({ length: 130_000 }, (_, at) => Buffer.from(`no tree ${at}`))
    const pack = await storePack(
      source,
      trees.map((plain) => ({ type: 'tree', plain })),
    )
    await storeIndex(source, pack)
    const folders = pack.entries.map(({ id }, at) => craft.folder(`d${at}`, Buffer.from(id)))
    const half = folders.length / 2
    const halves = [folders.slice(0, half), folders.slice(half)].map((some) => craft.tree(...some))
    const root = craft.tree(...halves.map((tree, at) => craft.folder(`half ${at}`, tree)))
    await craft.store()
    await storeSnapshot(source, root.toString('hex'))
    const copying = await openCopying(source, fresh(), { onUnreadable: () => expect.unreachable() })
    const { broken } = await planCopy(copying, await loadSnapshots(source), { workers: 1 })
    expect(broken[0]?.gaps.length).toBe(trees.length)
    await expect(planPrune(source, { limits: DEFAULT_LIMITS, workers: 1 })).rejects.toThrow(
      `and ${trees.length - 1} more like it`,
    )
  })
})
