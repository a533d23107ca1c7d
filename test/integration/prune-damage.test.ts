import { beforeAll, describe, expect, it } from 'vitest'

import { createSealer, type HeaderEntry, readPackHeader, type Repository } from '../../core/repository/index.ts'
import { storeIndex, storePack } from '../support/craft.ts'
import { flip } from '../support/damage.ts'
import { pruneAt } from '../support/prune.ts'
import { SEED } from '../support/seed.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { useSmallRepository } from '../support/small-repository.ts'
import { snapshotContents } from '../support/snapshot-contents.ts'
import { type Change, readStored, storageOf, type StoredFiles, withChanges } from '../support/stored-files.ts'

/** Of each kind, drawn by the seed: each starts threads several times. HOLDFAST_CASES=1000 does them all. */
const MOST_CASES = Number(process.env['HOLDFAST_CASES'] ?? 5)

const NOW = Date.parse('2026-11-22T00:00:00Z')
const ALL_UNUSED = { maxUnused: { type: 'bytes', bytes: 0 } } as const

/** One of the copies of a blob. */
interface Copy {
  readonly pack: string
  readonly entry: HeaderEntry
}

async function packsOf({ storage }: Repository): Promise<Set<string>> {
  const names = new Set<string>()
  for await (const { name } of storage.list('pack')) names.add(name)
  return names
}

describe(`a prune of a repository that has each blob twice (HOLDFAST_SEED=${SEED})`, () => {
  const chance = seededChance(SEED)
  const small = useSmallRepository()
  let contents: ReadonlyMap<string, string>
  /** By the blob: its two copies. */
  const copies = new Map<string, Copy[]>()

  beforeAll(async () => {
    contents = await snapshotContents(small.repository)
  })

  /**
   * A second copy of every pack. `unneeded`: of which of the two a part is not needed, so that it is rewritten where it
   * is the one that stays.
   */
  async function doubled(unneeded: 'none' | 'copies' | 'both'): Promise<StoredFiles> {
    const { files } = small
    const repository = await small.copy()
    const index = await repository.loadIndex({ purpose: 'read' })
    const sealer = createSealer(repository.masterKey)
    copies.clear()
    for (const [number, body] of [...files.pack.values()].entries()) {
      const blobs = await Promise.all(
        readPackHeader(body, sealer).map(async ({ type, id }) => ({
          type,
          plain: await repository.loadBlob(index, type, id),
        })),
      )
      const waste = { type: blobs[0]?.type ?? 'data', plain: Buffer.alloc(3000, number + 1) } as const
      await storeIndex(repository, await storePack(repository, unneeded === 'none' ? blobs : [...blobs, waste]))
      if (unneeded !== 'both') continue
      const other = { ...waste, plain: Buffer.alloc(3000, number + 101) }
      await storeIndex(repository, await storePack(repository, [...blobs, other]))
    }
    if (unneeded === 'both') {
      for (const kind of ['pack', 'index'] as const) {
        for (const name of files[kind].keys()) await repository.storage.remove({ kind, name })
      }
    }
    const stored = await readStored(repository.storage)
    for (const [pack, body] of stored.pack) {
      for (const entry of readPackHeader(body, sealer)) {
        const key = `${entry.type} ${entry.id.toString('hex')}`
        copies.set(key, [...(copies.get(key) ?? []), { pack, entry }])
      }
    }
    return stored
  }

  function some<T>(all: readonly T[]): T[] {
    const left = [...all]
    return Array.from({ length: Math.min(MOST_CASES, left.length) }, () =>
      left.splice(chance.below(left.length), 1),
    ).flat()
  }

  function damage(files: StoredFiles, damaged: readonly Copy[]): StoredFiles {
    const changes = damaged.map(({ pack, entry }): Change => {
      const body = files.pack.get(pack) ?? expect.unreachable()
      return flip('pack', pack, body, (entry.offset + 20) * 8, '')
    })
    return withChanges(files, changes)
  }

  it.each(['none', 'copies', 'both'] as const)(
    'loses nothing where one of the two is damaged (not needed in part: %s)',
    async (unneeded) => {
      const files = await doubled(unneeded)
      const both = [...copies.values()].filter((each) => each.length === 2)
      expect(both.length).toBeGreaterThan(10)
      for (const copy of some(both.flat())) {
        const repository = small.repository.over(await storageOf(damage(files, [copy])))
        const { done, replaced, spared } = await pruneAt(repository, NOW, ALL_UNUSED)
        expect(await snapshotContents(repository)).toEqual(contents)
        expect(done.packsRemoved).toBeGreaterThan(0)
        expect([...replaced, ...spared].every((pack) => pack === copy.pack)).toBe(true)
      }
    },
  )

  it('removes no pack that has a copy of what cannot be read anywhere, so that any of them can still be mended', async () => {
    const files = await doubled('both')
    const data = [...copies.values()].filter(([first]) => first?.entry.type === 'data')
    for (const [first = expect.unreachable(), second = expect.unreachable()] of data.filter(
      (each) => each.length === 2,
    )) {
      const repository = small.repository.over(await storageOf(damage(files, [first, second])))
      const { spared } = await pruneAt(repository, NOW, ALL_UNUSED)
      expect(new Set(spared)).toEqual(new Set([first.pack, second.pack]))
      const left = await packsOf(repository)
      for (const { pack } of [first, second]) {
        expect(left).toContain(pack)
        const stored = await readStored(repository.storage)
        const mended = small.repository.over(
          await storageOf(withChanges(stored, [{ kind: 'pack', name: pack, body: files.pack.get(pack) }])),
        )
        expect(await snapshotContents(mended)).toEqual(contents)
      }
    }
  })

  it('is refused where no copy of a tree can be read', async () => {
    const files = await doubled('none')
    const tree = [...copies.values()].find(([first]) => first?.entry.type === 'tree') ?? expect.unreachable()
    const damaged = damage(files, tree)
    const repository = small.repository.over(await storageOf(damaged))
    await expect(pruneAt(repository, NOW, ALL_UNUSED)).rejects.toMatchObject({ code: 'repository/damaged' })
    expect(await readStored(repository.storage)).toEqual(damaged)
  })
})
