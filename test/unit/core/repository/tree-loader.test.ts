import { afterEach, describe, expect, it, vi } from 'vitest'

import { createTreeLoader, type Repository, sha256 } from '../../../../core/repository/index.ts'
import { storeIndex, storePack } from '../../../support/craft.ts'
import { failLoads } from '../../../support/failing-storage.ts'
import { makeRepositories } from '../../../support/made-repository.ts'

const TREE = Buffer.from(`{"nodes":[]}${' '.repeat(4321)}\n`)
const OTHER = Buffer.from('{"nodes":[]}\n')

/** Stores the tree twice, in the packs that are returned. */
async function storeTwice(repository: Repository): Promise<string[]> {
  const names: string[] = []
  for (const beside of [[], [OTHER]]) {
    const pack = await storePack(
      repository,
      [TREE, ...beside].map((plain) => ({ type: 'tree', plain })),
    )
    await storeIndex(repository, pack)
    names.push(pack.name)
  }
  return names
}

async function spoil({ storage }: Repository, name: string): Promise<void> {
  const bytes = Buffer.from(await storage.load({ kind: 'pack', name }))
  bytes[100] = (bytes[100] ?? 0) ^ 1
  await storage.remove({ kind: 'pack', name })
  await storage.save({ kind: 'pack', name }, bytes)
}

const newRepository = await makeRepositories()

describe('loading trees', () => {
  afterEach(() => vi.restoreAllMocks())

  it('takes no tree for damaged for which there is no memory', async () => {
    const repository = newRepository()
    await storeTwice(repository)
    const trees = createTreeLoader(repository, await repository.loadIndex({ purpose: 'read' }))
    const allocate = Buffer.allocUnsafeSlow.bind(Buffer)
    vi.spyOn(Buffer, 'allocUnsafeSlow').mockImplementation((size) => {
      if (size === TREE.length) throw new RangeError('Array buffer allocation failed')
      return allocate(size)
    })
    await expect(trees.load(sha256(TREE))).rejects.toThrow(RangeError)
  })

  it('names a tree of which every copy is damaged', async () => {
    const repository = newRepository()
    for (const name of await storeTwice(repository)) await spoil(repository, name)
    const trees = createTreeLoader(repository, await repository.loadIndex({ purpose: 'read' }))
    await expect(trees.load(sha256(TREE))).rejects.toMatchObject({
      code: 'repository/damaged',
      message: expect.stringContaining(sha256(TREE).toString('hex')) as string,
    })
  })

  it.each([0, 1])('takes no tree for damaged of which copy %i cannot be had at the moment', async (away) => {
    const repository = newRepository()
    const names = await storeTwice(repository)
    await spoil(repository, names[1 - away] ?? '')
    const mute = repository.over(failLoads(repository.storage, ({ name }) => name === names[away]))
    const trees = createTreeLoader(mute, await mute.loadIndex({ purpose: 'read' }))
    await expect(trees.load(sha256(TREE))).rejects.toMatchObject({ code: 'storage/unreachable' })
  })
})
