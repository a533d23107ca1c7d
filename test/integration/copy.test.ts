import { appendFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

import { beforeEach, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { type CopyPlan, executeCopy, openCopying, planCopy } from '../../core/maintenance/index.ts'
import { listPresentPacks, type Repository, sha256 } from '../../core/repository/index.ts'
import { compareSnapshots, loadSnapshots, type StoredSnapshot } from '../../core/snapshot/index.ts'
import { changeStorage } from '../../core/storage/index.ts'
import { checkRepository } from '../support/check-repository.ts'
import { openVault } from '../support/copy.ts'
import { countReads } from '../support/counted-storage.ts'
import { flipBlob } from '../support/mixed-pack.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { beforeSave } from '../support/storage-hook.ts'
import { packsOf } from '../support/vault-files.ts'
import { makeVault, type Vault } from '../support/vault.ts'

const noise = (seed: number, bytes: number): Buffer => seededChance(seed).fill(Buffer.alloc(bytes))

const nothing = (): void => undefined

/** What snapshots of this history are stored together with: about one. */
const BATCH = 300_000

interface Copied {
  readonly plan: CopyPlan
  readonly originals: readonly string[]
  readonly broken: readonly string[]
  readonly gone: readonly string[]
}

async function copyAll(
  source: Repository,
  destination: Repository,
  snapshots: readonly StoredSnapshot[],
  { batchBytes = BATCH, signal }: { readonly batchBytes?: number; readonly signal?: AbortSignal } = {},
): Promise<Copied> {
  const options = { workers: 2, batchBytes, signal }
  const presentPacks = await listPresentPacks(destination.storage)
  const copying = await openCopying(source, destination, {
    presentPacks,
    onUnreadable: (_, error) => {
      throw error
    },
  })
  const plan = await planCopy(copying, snapshots, options)
  const originals: string[] = []
  const gone: string[] = []
  const broken = plan.broken.map(({ snapshot }) => snapshot.id)
  await executeCopy(copying, plan, {
    ...options,
    onCopied: ({ id }) => originals.push(id),
    onBroken: ({ snapshot }) => broken.push(snapshot.id),
    onGone: ({ id }) => gone.push(id),
    onDamage: () => undefined,
  })
  return { plan, originals, broken, gone }
}

describe('a copy of a history', () => {
  let from: Vault
  let to: Vault
  let source: Repository
  let destination: Repository
  let snapshots: readonly StoredSnapshot[]

  /** Five snapshots, each with a file of its own of 200 kB beside those of the others. */
  beforeEach(async () => {
    from = await makeVault()
    to = await makeVault({ name: 'second' })
    for (let round = 0; round < 5; round++) {
      from.write(`folder-${round}/file`, noise(round, 200_000))
      await from.backUp(['--workers', '1'])
    }
    source = await openVault(from)
    destination = await openVault(to)
    snapshots = (await loadSnapshots(source)).toSorted(compareSnapshots)
  })

  const ids = (): string[] => snapshots.map(({ id }) => id)
  const copiedIds = async (): Promise<string[]> =>
    (await loadSnapshots(destination)).toSorted(compareSnapshots).map(({ original = '' }) => original)
  /** All that is there is whole, and nothing is stored twice. */
  async function expectSound(): Promise<void> {
    const { findings } = await checkRepository(destination)
    expect(findings.filter(({ kind }) => kind !== 'pack-orphan')).toEqual([])
    const index = await destination.loadIndex({ purpose: 'read' })
    for (let entry = 0; entry < index.count; entry++) expect(index.next(entry)).toBe(-1)
  }

  it('stores snapshots as soon as all is there that they need', async () => {
    const order: string[] = []
    const watched = destination.over(beforeSave(destination.storage, ({ kind }) => void order.push(kind)))
    const { plan, originals } = await copyAll(source, watched, snapshots)
    expect(plan.batches.map((batch) => batch.snapshots.length)).toEqual([1, 1, 1, 1, 1])
    expect(originals).toEqual(ids())
    const batch = ['pack', 'pack', 'index', 'snapshot']
    expect(order).toEqual([batch, batch, batch, batch, batch].flat())
    await expectSound()
  })

  it('stores small ones together', async () => {
    const { plan } = await copyAll(source, destination, snapshots, { batchBytes: 2 ** 29 })
    expect(plan.batches).toHaveLength(1)
    expect(packsOf(to).length).toBeLessThanOrEqual(4)
    expect(await copiedIds()).toEqual(ids())
    await expectSound()
  })

  it('reads each byte of the source once', async () => {
    const counted = countReads(source.storage)
    const copying = await openCopying(source.over(counted.storage), destination, { onUnreadable: () => undefined })
    const plan = await planCopy(copying, snapshots, { workers: 2 })
    counted.reset()
    await executeCopy(copying, plan, {
      workers: 2,
      onCopied: nothing,
      onBroken: nothing,
      onGone: nothing,
      onDamage: nothing,
    })
    const names = counted.reads.map(({ pack }) => pack)
    expect(new Set(names).size).toBe(names.length)
    expect(names.toSorted()).toEqual(packsOf(from))
  })

  it.each(['pack', 'index', 'snapshot'] as const)(
    'that fails at a %s keeps what was copied whole, and goes on from there',
    async (kind) => {
      let left = 3
      const failing = beforeSave(destination.storage, (handle) => {
        if (handle.kind !== kind || --left > 0) return
        throw new CoreError('storage/full', 'The disk is full.')
      })
      await expect(copyAll(source, destination.over(failing), snapshots)).rejects.toMatchObject({
        code: 'storage/full',
      })
      const before = await copiedIds()
      expect(before).toEqual(ids().slice(0, kind === 'pack' ? 1 : 2))
      await expectSound()
      const rest = snapshots.slice(before.length)
      expect((await copyAll(source, destination, rest)).originals).toEqual(rest.map(({ id }) => id))
      await expectSound()
    },
  )

  it('that is stopped lists what it stored, and the next one does not store it again', async () => {
    const stop = new AbortController()
    let packs = 0
    const stopping = beforeSave(destination.storage, ({ kind }) => {
      if (kind === 'pack' && ++packs === 3) stop.abort(new Error('enough'))
    })
    const stopped = copyAll(source, destination.over(stopping), snapshots, { signal: stop.signal })
    await expect(stopped).rejects.toThrow('enough')
    expect(await copiedIds()).toEqual(ids().slice(0, 1))
    await expectSound()
    const stored = packsOf(to)
    await copyAll(source, destination, snapshots.slice(1))
    expect(packsOf(to)).toEqual(expect.arrayContaining(stored))
    expect(await copiedIds()).toEqual(ids())
    await expectSound()
  })

  it('finds damage late, and copies the other snapshots all the same', async () => {
    const index = await source.loadIndex({ purpose: 'read' })
    // That of the third snapshot, which the later ones need, too.
    flipBlob(from, index, index.find('data', sha256(noise(2, 200_000))))
    const { originals, broken } = await copyAll(source, destination, snapshots)
    expect(originals).toEqual(ids().slice(0, 2))
    expect(broken).toEqual(ids().slice(2))
    await expectSound()
  })

  it('from which a snapshot is removed meanwhile says so, and takes it for no damage', async () => {
    const removed = ids()[1] ?? ''
    let indexes = 0
    const removing = beforeSave(destination.storage, async ({ kind }) => {
      if (kind === 'index' && ++indexes === 1) await source.storage.remove({ kind: 'snapshot', name: removed })
    })
    const { originals, broken, gone } = await copyAll(source, destination.over(removing), snapshots)
    expect({ broken, gone }).toEqual({ broken: [], gone: [removed] })
    expect(originals).toEqual(ids().filter((id) => id !== removed))
  })

  it('copies what a bad spot of a disk leaves of a pack', async () => {
    for (let file = 0; file < 6; file++) from.write(`many/${file}`, noise(10 + file, 50_000))
    await from.backUp(['--workers', '1'])
    const all = await loadSnapshots(source)
    const index = await source.loadIndex({ purpose: 'read' })
    const places = Array.from({ length: 6 }, (_, file) =>
      index.locate(index.find('data', sha256(noise(10 + file, 50_000)))),
    )
    const [first] = places
    expect(new Set(places.map(({ pack }) => pack)).size).toBe(1)
    const name = index.packs.idOf(first?.pack ?? 0).toString('hex')
    const spot = (first?.offset ?? 0) + 10
    const { storage } = source
    const failing = changeStorage(storage, {
      load(handle, options = {}) {
        const { offset = 0, length = 0 } = options
        if (handle.name !== name || offset > spot || offset + length <= spot) return storage.load(handle, options)
        throw new CoreError('storage/unreachable', 'Cannot read it: EIO')
      },
    })
    const { broken, originals } = await copyAll(source.over(failing), destination, all.toSorted(compareSnapshots))
    expect(originals).toEqual(ids())
    expect(broken).toHaveLength(1)
    const brought = await destination.loadIndex({ purpose: 'read' })
    const isThere = Array.from({ length: 6 }, (_, file) => brought.find('data', sha256(noise(10 + file, 50_000))) >= 0)
    expect(isThere).toEqual([false, true, true, true, true, true])
    await expectSound()
  })

  it('does not take an index file for whole that is damaged', async () => {
    const [name = ''] = readdirSync(join(from.path, 'index'))
    appendFileSync(join(from.path, 'index', name), 'x')
    await expect(copyAll(source, destination, snapshots)).rejects.toMatchObject({ code: 'repository/damaged' })
    expect(await copiedIds()).toEqual([])
  })
})
