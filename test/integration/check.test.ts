import { join } from 'node:path'

import { beforeAll, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import type { CheckProgress, UnusedBlob } from '../../core/maintenance/index.ts'
import { createSealer, readPackHeader, type Repository, sha256 } from '../../core/repository/index.ts'
import { changeStorage, type FileKind, type Storage } from '../../core/storage/index.ts'
import { checkRepository, namesOf } from '../support/check-repository.ts'
import { storeIndex, storePack, storeSnapshot } from '../support/craft.ts'
import { flip } from '../support/damage.ts'
import { restoreRepository } from '../support/restore-repository.ts'
import { seededChance } from '../support/seeded-chance.ts'
import { backUpFolder, useSmallRepository } from '../support/small-repository.ts'
import { type Change } from '../support/stored-files.ts'

function firstOf(names: readonly string[]): string {
  return names[0] ?? expect.unreachable()
}

describe('a check', () => {
  const small = useSmallRepository()
  let dataPacks: string[]
  let treePacks: string[]

  beforeAll(async () => {
    dataPacks = small.packsOf('data')
    treePacks = small.packsOf('tree')
  })

  /** A repository of its own for each test, in memory. */
  async function copy(...changes: Change[]): Promise<Repository> {
    return await small.copy(changes)
  }

  function bodyOf(name: string): Buffer {
    return small.files.pack.get(name) ?? expect.unreachable()
  }

  const kindsAfter = async (change: Change): Promise<Set<string>> => {
    const { findings } = await checkRepository(await copy(change), { read: { type: 'none' } })
    return new Set(findings.map(({ kind }) => kind))
  }

  async function checkTree(tree: string, ...data: Buffer[]): Promise<string[]> {
    const repository = await copy()
    const body = Buffer.from(tree)
    await storeIndex(repository, await storePack(repository, [{ type: 'tree', plain: body }]))
    const blobs = data.map((plain) => ({ type: 'data' as const, plain }))
    if (blobs.length > 0) await storeIndex(repository, await storePack(repository, blobs))
    await storeSnapshot(repository, sha256(body).toString('hex'))
    const { findings } = await checkRepository(repository)
    return findings.map(({ kind, severity, object }) => `${severity} ${kind} ${object.name}`)
  }

  it('of an intact repository finds nothing and counts what it read', async () => {
    const { checked, findings, affected } = await checkRepository(await copy())
    expect(namesOf(findings)).toEqual([])
    expect(affected).toEqual([])
    const bytes = [...small.files.pack.values()].reduce((sum, { length }) => sum + length, 0)
    expect(checked).toMatchObject({ snapshots: 2, indexFiles: 2, packs: 4, packsRead: 4, bytesRead: bytes, damages: 0 })
    expect(checked.blobsRead).toBe(checked.blobs)
    expect(checked.trees).toBeGreaterThan(8)
  })

  it('that reads no packs still reads every tree, and knows every pack by its size', async () => {
    const tree = firstOf(treePacks)
    const data = firstOf(dataPacks)
    const flippedTree = flip('pack', tree, bodyOf(tree), 8 * 40, '')
    const flippedData = flip('pack', data, bodyOf(data), 8 * 40, '')
    const cut: Change = { kind: 'pack', name: data, body: bodyOf(data).subarray(0, -1) }
    const gone: Change = { kind: 'pack', name: data, body: undefined }
    expect(await kindsAfter(flippedTree)).toEqual(new Set(['tree-damaged']))
    expect(await kindsAfter(flippedData)).toEqual(new Set())
    expect(await kindsAfter(cut)).toEqual(new Set(['pack-size']))
    expect(await kindsAfter(gone)).toEqual(new Set(['pack-missing']))
  })

  it('names what damage takes from each snapshot', async () => {
    const [first, second] = small.snapshots
    const name = dataPacks.find((pack) => bodyOf(pack).length > 2_000_000) ?? expect.unreachable()
    const blobs = readPackHeader(bodyOf(name), createSealer(small.repository.masterKey))
    const noise = blobs.find(({ length }) => length > 500_000) ?? expect.unreachable()
    const { affected, checked } = await checkRepository(
      await copy(flip('pack', name, bodyOf(name), (noise.offset + 20) * 8, '')),
    )
    const path = Buffer.from(join(small.source, 'noise'))
    expect(affected.toSorted((a, b) => a.snapshot.localeCompare(b.snapshot))).toEqual(
      [first, second].toSorted().map((snapshot) => ({ snapshot, path, kind: 'file', andMore: false })),
    )
    expect(checked.snapshotsAffected).toBe(2)
  })

  it('reads each pack once when it reads all parts, one after another', async () => {
    let read = 0
    for (const part of [1, 2, 3]) {
      const { checked } = await checkRepository(await copy(), { read: { type: 'part', part, of: 3 } })
      read += checked.packsRead
    }
    expect(read).toBe(4)
  })

  it('reads some packs at random, and at least one', async () => {
    const repository = await copy()
    const chance = seededChance(5)
    const half = await checkRepository(repository, { read: { type: 'percent', percent: 50 }, chance })
    const little = await checkRepository(repository, { read: { type: 'bytes', bytes: 1 }, chance })
    expect([half.checked.packsRead, little.checked.packsRead]).toEqual([2, 1])
  })

  it('takes a pack that is in no index for a hint, whole or not', async () => {
    const repository = await copy()
    const { name } = await storePack(repository, [{ type: 'data', plain: Buffer.from('left over') }])
    const body = Buffer.from(await repository.storage.load({ kind: 'pack', name }))
    const whole = await checkRepository(repository)
    expect(namesOf(whole.findings)).toEqual([`pack-orphan ${name}`])
    expect(whole.checked).toMatchObject({ damages: 0, hints: 1, packsRead: 5 })
    const broken = await checkRepository(await copy(flip('pack', name, body, 160, '')))
    expect(namesOf(broken.findings)).toEqual([`orphan-damaged ${name}`, `pack-orphan ${name}`])
    expect(broken.checked.damages).toBe(0)
  })

  it('takes a pack that two index files list for a hint', async () => {
    const repository = await copy()
    const name = firstOf(dataPacks)
    await storeIndex(repository, { name, entries: readPackHeader(bodyOf(name), repository.sealer) })
    const { findings, checked } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual([`pack-repeated ${name}`])
    expect(checked).toMatchObject({ damages: 0, packs: 4, packsRead: 4 })
  })

  it.each([
    ['two blobs in one place', (offset: number) => Math.max(0, offset - 1)],
    ['a gap between blobs', (offset: number) => offset + 1],
  ])('finds that an index tells of %s', async (_, move) => {
    const repository = await copy()
    const plains = [Buffer.from('one'), Buffer.from('two')]
    const { name, entries } = await storePack(
      repository,
      plains.map((plain) => ({ type: 'data', plain })),
    )
    const [first = expect.unreachable(), second = expect.unreachable()] = entries
    await storeIndex(repository, { name, entries: [first, { ...second, offset: move(second.offset) }] })
    const { findings } = await checkRepository(repository)
    expect(namesOf(findings)).toContain(`index-contradiction ${name}`)
    expect(namesOf(findings)).toContain(`pack-damaged ${name}`)
  })

  it('finds that an index and a pack disagree about a blob', async () => {
    const repository = await copy()
    const { name, entries } = await storePack(repository, [{ type: 'data', plain: Buffer.from('one') }])
    const [entry = expect.unreachable()] = entries
    await storeIndex(repository, { name, entries: [{ ...entry, type: 'tree' }] })
    const { findings } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual([`pack-header ${name}`])
  })

  it('advises to mend the index where that does not list all that is in a pack', async () => {
    const repository = await copy()
    const { name, entries } = await storePack(
      repository,
      ['one', 'two', 'three'].map((text) => ({ type: 'data', plain: Buffer.from(text) })),
    )
    await storeIndex(repository, { name, entries: entries.slice(0, 1) })
    const { findings } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual([`pack-header ${name}`, `pack-size ${name}`])
    for (const { remedy } of findings) {
      expect(remedy).toMatch(
        /^Have the index built anew from the packs: `holdfast repo repair index`\. Where that cannot/,
      )
    }
    // Of one that was cut off the index says more than is left.
    const cut = await copy({ kind: 'pack', name: firstOf(dataPacks), body: bodyOf(firstOf(dataPacks)).subarray(0, -1) })
    const [first] = (await checkRepository(cut, { read: { type: 'none' } })).findings
    expect(first?.remedy).toContain('`holdfast repo repair packs` saves')
  })

  it('counts a blob as lost only when no copy is left, as a restore does', async () => {
    const name = dataPacks.find((pack) => bodyOf(pack).length > 2_000_000) ?? expect.unreachable()
    const repository = await copy()
    const index = await repository.loadIndex({ purpose: 'read' })
    const blobs = await Promise.all(
      readPackHeader(bodyOf(name), repository.sealer).map(async ({ type, id }) => ({
        type,
        plain: await repository.loadBlob(index, type, id),
      })),
    )
    await storeIndex(repository, await storePack(repository, blobs))
    const twofold = await checkRepository(repository)
    expect(namesOf(twofold.findings)).toEqual([])

    for (const body of [undefined, Buffer.alloc(bodyOf(name).length), bodyOf(name).subarray(0, 700_000)]) {
      await repository.storage.remove({ kind: 'pack', name })
      if (body) await repository.storage.save({ kind: 'pack', name }, body)
      const { findings, affected } = await checkRepository(repository)
      expect(findings.every(({ restorable }) => restorable === 'all')).toBe(true)
      expect(new Set(findings.map(({ object }) => object.name))).toEqual(new Set([name]))
      expect(affected).toEqual([])
      expect((await restoreRepository(repository, small.snapshots[1], small.home)).lost).toEqual(new Set())
      if (!body) await repository.storage.save({ kind: 'pack', name }, Buffer.alloc(0))
    }
  })

  it('reads another copy of a tree where the first is damaged', async () => {
    const repository = await copy()
    const index = await repository.loadIndex({ purpose: 'read' })
    const name = firstOf(treePacks)
    const blobs = await Promise.all(
      readPackHeader(bodyOf(name), repository.sealer).map(async ({ type, id }) => ({
        type,
        plain: await repository.loadBlob(index, type, id),
      })),
    )
    await storeIndex(repository, await storePack(repository, blobs))
    await repository.storage.remove({ kind: 'pack', name })
    const { findings, affected } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual([`pack-missing ${name}`])
    expect(affected).toEqual([])
    for (const snapshot of small.snapshots) {
      expect((await restoreRepository(repository, snapshot, small.home)).lost).toEqual(new Set())
    }
  })

  describe('of a tree', () => {
    const times =
      '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z","uid":0,"gid":0'
    const content = Buffer.from('content')
    const id = sha256(content).toString('hex')

    it('gives a hint about a file whose size is not that of its content', async () => {
      const tree = `{"nodes":[{"name":"a","type":"file",${times},"size":8,"content":["${id}"]}]}\n`
      expect(await checkTree(tree, content)).toEqual(['hint file-size a'])
    })

    it('names a file of which a blob is in no index', async () => {
      const tree = `{"nodes":[{"name":"a","type":"file",${times},"size":7,"content":["${id}"]}]}\n`
      expect(await checkTree(tree)).toEqual(['damage content-missing a'])
    })

    it('names a folder whose tree is in no index, by the tree', async () => {
      const tree = `{"nodes":[{"name":"a","type":"dir",${times},"subtree":"${id}"}]}\n`
      expect(await checkTree(tree)).toEqual([`damage tree-missing ${id}`])
    })

    it('names a folder without a tree and a file without content', async () => {
      const tree = `{"nodes":[{"name":"a","type":"dir",${times}},{"name":"b\\\\n","type":"file",${times},"content":null}]}\n`
      expect(await checkTree(tree)).toEqual(['damage node-damaged a', 'damage node-damaged b\\n'])
    })

    it('names a tree that cannot be understood, and goes on', async () => {
      const tree = '{"nodes":[{"name":"b"'
      expect(await checkTree(tree)).toEqual([`damage tree-damaged ${sha256(Buffer.from(tree)).toString('hex')}`])
    })
  })

  it('takes no blob for one of the other type, though it have the same id', async () => {
    const tree = '{"nodes":[]}\n'
    const id = sha256(Buffer.from(tree)).toString('hex')
    const times =
      '"mtime":"2026-01-01T00:00:00Z","atime":"2026-01-01T00:00:00Z","ctime":"2026-01-01T00:00:00Z","uid":0,"gid":0'
    // A file whose content is there as a tree only, and a folder whose tree is there as data only.
    const file = `{"nodes":[{"name":"a","type":"file",${times},"size":13,"content":["${id}"]},{"name":"b","type":"dir",${times},"subtree":"${id}"}]}\n`
    expect(await checkTree(file, Buffer.from(tree))).toEqual([`damage tree-missing ${id}`])
    const repository = await copy()
    const blobs = [tree, file].map((plain) => ({ type: 'tree' as const, plain: Buffer.from(plain) }))
    await storeIndex(repository, await storePack(repository, blobs))
    await storeSnapshot(repository, sha256(Buffer.from(file)).toString('hex'))
    const { findings } = await checkRepository(repository)
    expect(findings.map(({ kind }) => kind)).toEqual(['content-missing'])
  })

  it('counts what no snapshot needs, and further copies of what one does', async () => {
    const repository = await copy()
    expect((await checkRepository(repository)).checked.unused).toEqual({ blobs: 0, copies: 0, bytes: 0 })
    const plain = Buffer.from('nobody needs this')
    await storeIndex(repository, await storePack(repository, [{ type: 'data', plain }]))
    expect((await checkRepository(repository)).checked.unused).toEqual({
      blobs: 1,
      copies: 0,
      bytes: plain.length + 32,
    })
    const index = await repository.loadIndex({ purpose: 'read' })
    const needed = await repository.loadBlob(index, 'data', index.idOf(0)).catch(() => undefined)
    const type = needed ? 'data' : 'tree'
    const again = needed ?? (await repository.loadBlob(index, 'tree', index.idOf(0)))
    await storeIndex(repository, await storePack(repository, [{ type, plain: again }]))
    expect((await checkRepository(repository)).checked.unused).toMatchObject({ blobs: 1, copies: 1 })
  })

  it('tells each blob that no snapshot needs, and none where not all trees can be read', async () => {
    const repository = await copy()
    const blobs = ['one', 'two'].map((text) => ({ type: 'data' as const, plain: Buffer.from(text) }))
    const { name, entries } = await storePack(repository, blobs)
    await storeIndex(repository, { name, entries })
    // A further copy of one that is needed is none of them.
    const index = await repository.loadIndex({ purpose: 'read' })
    const { type } = index.locate(0)
    const plain = await repository.loadBlob(index, type, index.idOf(0))
    await storeIndex(repository, await storePack(repository, [{ type, plain }]))
    const told: UnusedBlob[] = []
    function onUnused(unused: Iterable<UnusedBlob>): Promise<void> {
      for (const blob of unused) told.push(blob)
      return Promise.resolve()
    }
    const { checked } = await checkRepository(repository, { read: { type: 'none' }, onUnused })
    expect(checked.unused).toMatchObject({ blobs: 2, copies: 1 })
    expect(told).toEqual(entries.map(({ id }) => ({ type: 'data', id: id.toString('hex'), pack: name })))

    await repository.storage.remove({ kind: 'pack', name: firstOf(treePacks) })
    const after = await checkRepository(repository, { read: { type: 'none' }, onUnused })
    expect(after.checked.unused).toBeUndefined()
    expect(told).toHaveLength(2)
  })

  it('names a snapshot whose root is in no index', async () => {
    const repository = await copy()
    const tree = 'ab'.repeat(32)
    const snapshot = await storeSnapshot(repository, tree)
    const { findings, affected } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual([`tree-missing ${tree}`])
    expect(affected).toEqual([{ snapshot, path: Buffer.from('/'), kind: 'folder', andMore: false }])
  })

  it('never takes a backup that runs meanwhile for damage', async () => {
    const repository = await copy()
    for (const kind of ['snapshot', 'index', 'pack'] as const) {
      const storage = withHook(repository.storage, kind, () => backUpFolder(repository, join(small.source, 'text')))
      const { checked, findings } = await checkRepository(repository.over(storage))
      expect(findings.filter(({ severity }) => severity === 'damage')).toEqual([])
      expect(checked.snapshots).toBeGreaterThan(1)
    }
  })

  it('goes on past a pack that the storage cannot read', async () => {
    const repository = await copy()
    const name = firstOf(dataPacks)
    const { findings, checked } = await checkRepository(repository.over(failing(repository.storage, name)))
    expect(namesOf(findings)).toEqual([`pack-unreadable ${name}`])
    expect(checked.packsRead).toBe(4)
  })

  it('ends when the storage as a whole has gone', async () => {
    const repository = await copy()
    const storage = failing(repository.storage, firstOf(dataPacks))
    const gone: Storage = { ...storage, stat: () => Promise.reject(unreachable()) }
    await expect(checkRepository(repository.over(gone))).rejects.toMatchObject({ code: 'storage/unreachable' })
  })

  it('stops when it is told to, with the reason', async () => {
    const repository = await copy()
    const controller = new AbortController()
    const reason = new Error('enough')
    const storage = withHook(repository.storage, 'pack', () => controller.abort(reason))
    await expect(checkRepository(repository.over(storage), { signal: controller.signal })).rejects.toBe(reason)
  })

  it('tells how far it is', async () => {
    const told: CheckProgress[] = []
    let now = 0
    const clock = { now: () => 0, monotonic: () => (now += 1000) }
    await checkRepository(await copy(), { clock, onProgress: (progress) => told.push(progress) })
    const phases = [...new Set(told.map(({ phase }) => phase))]
    expect(phases).toEqual(['index', 'trees', 'packs'])
    const last = told.at(-1) ?? expect.unreachable()
    const bytes = [...small.files.pack.values()].reduce((sum, { length }) => sum + length, 0)
    expect(last).toMatchObject({ phase: 'packs', done: 4, total: 4, bytesDone: bytes, bytesTotal: bytes, left: 0 })
    expect(last.rate).toBeGreaterThan(0)
  })
})

function unreachable(): CoreError {
  return new CoreError('storage/unreachable', 'the disk does not answer', { retryable: true })
}

/** The same storage, of which one pack cannot be read. */
function failing(storage: Storage, name: string): Storage {
  return changeStorage(storage, {
    load: (handle, options) => (handle.name === name ? Promise.reject(unreachable()) : storage.load(handle, options)),
  })
}

/** The same storage. Once files of this kind were listed, `then` happens. */
function withHook(storage: Storage, kind: FileKind, then: () => unknown): Storage {
  return changeStorage(storage, {
    async *list(listed, options) {
      for await (const info of storage.list(listed, options)) yield info
      if (listed === kind) await then()
    },
  })
}
