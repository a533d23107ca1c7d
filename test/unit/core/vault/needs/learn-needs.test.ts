import * as fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'

import { type FileState, type Journal, openCacheStorage } from '../../../../../core/cloud-cache/index.ts'
import { type Repository, sha256 } from '../../../../../core/repository/index.ts'
import { compareNames, type Node, TreeWriter } from '../../../../../core/snapshot/index.ts'
import { changeStorage, openMemoryStorage, type Storage } from '../../../../../core/storage/index.ts'
import { learnNeeds, type LearnNeedsOptions } from '../../../../../core/vault/index.ts'
import { handle, temporaryFolder } from '../../../../conformance/fixture.ts'
import { bringTo, journalIn } from '../../../../support/cache-journal.ts'
import { type CraftedBlob, storeIndex, storePack } from '../../../../support/craft.ts'
import { craftNode } from '../../../../support/crafted-tree.ts'
import { makeRepositories } from '../../../../support/made-repository.ts'
import { sampleSnapshot } from '../../../../support/sample-snapshot.ts'

let over: (storage?: Storage) => Repository
beforeAll(async () => {
  over = await makeRepositories()
})

const data = (number: number): CraftedBlob => ({ type: 'data', plain: Buffer.from(`content ${number}`) })

function tree(...nodes: readonly Node[]): CraftedBlob {
  const writer = new TreeWriter()
  for (const node of nodes.toSorted((a, b) => compareNames(a.name, 0, a.name.length, b.name, 0, b.name.length)))
    writer.add(node)
  return { type: 'tree', plain: Buffer.from(writer.finish()) }
}

const file = (name: string, ...content: readonly CraftedBlob[]): Node =>
  craftNode(name, { content: Buffer.concat(content.map(({ plain }) => sha256(plain))) })
const folder = (name: string, { plain }: CraftedBlob): Node =>
  craftNode(name, { type: 'dir', content: null, subtree: sha256(plain) })
const snapshotOf = (number: number, { plain }: CraftedBlob) =>
  sampleSnapshot({ id: handle('snapshot', number).name, tree: sha256(plain).toString('hex') })

/** A repository in a cache, of which what is read is counted. */
async function openScene() {
  const { journal } = journalIn(temporaryFolder())
  const [local, cloud] = [openMemoryStorage(), openMemoryStorage()]
  const cache = openCacheStorage({ journal, local, cloud })
  await cache.prepare()
  const loads = { index: 0, pack: 0 }
  const repository = over(
    changeStorage(cache, {
      load: (wanted, options) => {
        if (wanted.kind === 'index' || wanted.kind === 'pack') loads[wanted.kind]++
        return cache.load(wanted, options)
      },
    }),
  )
  const store = async (...blobs: readonly CraftedBlob[]): Promise<string> => {
    const pack = await storePack(repository, blobs)
    await storeIndex(repository, pack)
    return pack.name
  }
  const learn = (snapshots: Parameters<typeof learnNeeds>[1], more: Partial<LearnNeedsOptions> = {}) =>
    learnNeeds(repository, snapshots, journal, { workers: 1, ...more })
  return { journal, cache, repository, loads, store, learn }
}

function namesOf(journal: Journal, snapshot: string): string[] {
  return (journal.needs.of(snapshot) ?? []).map((id) => journal.files.packName(id) ?? 'gone').toSorted()
}

describe('what a recovery point needs', () => {
  it('is the packs of its folders and of what its files hold, and no others', async () => {
    const { journal, store, learn } = await openScene()
    const below = tree(file('b', data(2)))
    const root = tree(file('a', data(1)), folder('f', below))
    const packs = [await store(data(1)), await store(data(2)), await store(root), await store(below)]
    await store(data(3), data(4))
    const snapshot = snapshotOf(1, root)
    expect(await learn([snapshot])).toEqual({ looked: 1, alike: 0, forgotten: 0, trees: 2 })
    expect(namesOf(journal, snapshot.id)).toEqual(packs.toSorted())
    expect([...journal.files.ofKind('pack')].filter((pack) => pack.isEvictable)).toHaveLength(3)
  })

  it('is not looked at twice, nor are folders that points share, nor an index where there is nothing to look at', async () => {
    const { journal, loads, store, learn } = await openScene()
    const shared = tree(file('b', data(2)))
    const roots = [1, 2, 3].map((number) => tree(file('a', data(number)), folder('f', shared)))
    await store(...roots, shared)
    await store(data(1), data(2), data(3))
    const [first, second, third] = roots.map((root, number) => snapshotOf(number, root))
    if (!first || !second || !third) throw new Error('no snapshots')
    expect(await learn([first, second])).toMatchObject({ looked: 2, trees: 3 })
    const before = { ...loads }
    expect(await learn([first, second])).toMatchObject({ looked: 0, trees: 0 })
    // The same tree under another name: as after tags were changed, or of a backup that has found nothing new.
    const again = { ...first, id: handle('snapshot', 'again').name }
    expect(await learn([first, second, again])).toMatchObject({ looked: 0, alike: 1, trees: 0 })
    expect(namesOf(journal, again.id)).toEqual(namesOf(journal, first.id))
    expect(loads).toEqual(before)
    expect(await learn([third])).toMatchObject({ looked: 1, forgotten: 3, trees: 2 })
  })

  it('is looked at again where a pack of it is gone, and where something was lacking', async () => {
    const { journal, cache, store, learn } = await openScene()
    const root = tree(file('a', data(1)), file('b', data(2)))
    const pack = await store(data(1))
    await store(root)
    const snapshot = snapshotOf(1, root)
    await learn([snapshot])
    expect(journal.needs.sum(snapshot.id, journal.needs.places())).toMatchObject({ packs: 2, gaps: 1 })
    const other = await store(data(2))
    expect(await learn([snapshot])).toMatchObject({ looked: 1 })
    expect(journal.needs.sum(snapshot.id, journal.needs.places())).toMatchObject({ packs: 3, gaps: 0 })
    expect(await learn([snapshot])).toMatchObject({ looked: 0 })
    await cache.remove({ kind: 'pack', name: other })
    expect(await learn([snapshot])).toMatchObject({ looked: 1 })
    expect(journal.needs.missingOf(snapshot.id)).toEqual([other])
    const made = await store(data(2), data(3))
    await learn([snapshot])
    expect(namesOf(journal, snapshot.id)).toContain(made)
    expect(namesOf(journal, snapshot.id)).toContain(pack)
  })

  it.each<[FileState, FileState]>([
    ['evicted', 'local'],
    ['evicted', 'verified'],
    ['local', 'verified'],
  ])('is, of two packs that hold the same, not the %s but the %s one', async (worse, better) => {
    for (const order of [
      [worse, better],
      [better, worse],
    ]) {
      const { journal, store, learn } = await openScene()
      const root = tree(file('a', data(1)))
      await store(root)
      const packs = new Map<string, string>()
      for (const [at, state] of order.entries()) {
        const name = await store(data(1), data(10 + at))
        packs.set(state, name)
        if (state !== 'local') bringTo(journal, { kind: 'pack', name }, state)
      }
      const snapshot = snapshotOf(1, root)
      await learn([snapshot])
      expect(namesOf(journal, snapshot.id)).toContain(packs.get(better))
      expect(namesOf(journal, snapshot.id)).not.toContain(packs.get(worse))
    }
  })

  it('has a gap where a folder cannot be read, in every point that has that folder', async () => {
    const { journal, repository, store, learn } = await openScene()
    const broken = tree(file('b', data(2)))
    const [one, other] = [tree(folder('f', broken)), tree(folder('g', broken), file('a', data(1)))]
    await store(one, other)
    await store(data(1))
    const pack = await storePack(repository, [{ ...broken, plain: Buffer.from('not this tree') }])
    const [entry] = pack.entries
    if (!entry) throw new Error('the pack has no blob')
    await storeIndex(repository, { ...pack, entries: [{ ...entry, id: sha256(broken.plain) }] })
    const [first, second] = [snapshotOf(1, one), snapshotOf(2, other)]
    await learn([first, second])
    for (const { id } of [first, second])
      expect(journal.needs.sum(id, journal.needs.places())).toMatchObject({ gaps: 1 })
  })

  it('of any points is what a plain walk of each finds, however little is remembered', async () => {
    const wanted = fc.record({
      // Which blobs a pack holds: a blob may be in several, or in none.
      packs: fc.array(fc.record({ blobs: fc.array(fc.nat(11), { maxLength: 6 }), isEvicted: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      // Of each tree its content, and which of the trees before it lie below.
      trees: fc.array(
        fc.record({ blobs: fc.array(fc.nat(11), { maxLength: 4 }), below: fc.array(fc.nat(7), { maxLength: 3 }) }),
        {
          minLength: 1,
          maxLength: 8,
        },
      ),
      roots: fc.array(fc.nat(7), { minLength: 1, maxLength: 4 }),
      mostRemembered: fc.constantFrom(0, 10, 1e9),
    })
    await fc.assert(
      fc.asyncProperty(wanted, async ({ packs, trees, roots, mostRemembered }) => {
        const { journal, store, learn } = await openScene()
        const made: { readonly blob: CraftedBlob; readonly blobs: Set<number>; readonly trees: Set<number> }[] = []
        for (const [number, { blobs, below }] of trees.entries()) {
          const under = [...new Set(below.map((at) => at % trees.length))].filter((at) => at < number)
          const nodes = under.flatMap((at) => (made[at] ? [folder(`t${at}`, made[at].blob)] : []))
          const all = {
            blob: tree(file(`own ${number}`, ...blobs.map(data)), ...nodes),
            blobs: new Set(blobs),
            trees: new Set([number]),
          }
          for (const at of under) {
            for (const blob of made[at]?.blobs ?? []) all.blobs.add(blob)
            for (const each of made[at]?.trees ?? []) all.trees.add(each)
          }
          made.push(all)
        }
        const treePack = await store(...made.map(({ blob }) => blob))
        const stored = new Map<string, { blobs: readonly number[]; isEvicted: boolean }>()
        for (const { blobs, isEvicted } of packs) {
          if (blobs.length === 0) continue
          const name = await store(...blobs.map(data))
          if (stored.has(name)) continue
          stored.set(name, { blobs, isEvicted })
          if (isEvicted) bringTo(journal, { kind: 'pack', name }, 'evicted')
        }
        const tops = [...new Set(roots.map((at) => at % made.length))]
        const snapshots = tops.flatMap((at) => (made[at] ? [snapshotOf(at, made[at].blob)] : []))
        const learnt = await learn(snapshots, { mostRemembered })
        const distinct = new Set<number>()
        for (const at of tops) for (const each of made[at]?.trees ?? []) distinct.add(each)
        expect(learnt.trees >= distinct.size).toBe(true)
        if (mostRemembered > 1e6) expect(learnt.trees).toBe(distinct.size)
        for (const [at, top] of tops.entries()) {
          const id = snapshots[at]?.id ?? ''
          const found = namesOf(journal, id)
          const needed = [...(made[top]?.blobs ?? [])]
          const holders = (blob: number): string[] => {
            const all = [...stored].filter(([, { blobs }]) => blobs.includes(blob))
            const near = all.filter(([, { isEvicted }]) => !isEvicted)
            return (near.length > 0 ? near : all).map(([name]) => name)
          }
          for (const blob of needed) {
            const some = holders(blob)
            if (some.length > 0) expect(found.some((name) => some.includes(name))).toBe(true)
          }
          for (const name of found)
            expect(name === treePack || needed.some((blob) => holders(blob).includes(name))).toBe(true)
          const isLacking = needed.some((blob) => holders(blob).length === 0)
          expect((journal.needs.sum(id, journal.needs.places())?.gaps ?? 0) > 0).toBe(isLacking)
        }
        journal.close()
      }),
      { numRuns: 25 },
    )
  })
})
