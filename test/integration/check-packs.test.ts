import { beforeAll, describe, expect, it } from 'vitest'

import { CoreError } from '../../core/base/index.ts'
import { type Repository } from '../../core/repository/index.ts'
import { changeStorage } from '../../core/storage/index.ts'
import { checkRepository, namesOf } from '../support/check-repository.ts'
import { storeIndex, storePack } from '../support/craft.ts'
import { useSmallRepository } from '../support/small-repository.ts'

describe('a check of packs', () => {
  const small = useSmallRepository()
  let dataPack = ''

  beforeAll(() => {
    dataPack = small.packsOf('data')[0] ?? expect.unreachable()
  })

  it('tells what is damaged where it is stored from what changes on the way, as restic does', async () => {
    const name = dataPack
    const reads = { left: 0, of: 0 }
    const unsteady = async (damagedReads: number): Promise<Repository> => {
      reads.left = damagedReads
      const repository = await small.copy()
      return repository.over(
        changeStorage(repository.storage, {
          async load(handle, options) {
            const bytes = await repository.storage.load(handle, options)
            if (handle.name !== name || handle.kind !== 'pack') return bytes
            reads.of++
            if (reads.left-- > 0) bytes.fill(7, 100, 110)
            return bytes
          },
        }),
      )
    }
    const once = await checkRepository(await unsteady(1))
    expect(namesOf(once.findings)).toEqual([`pack-unsteady ${name}`])
    expect(once.checked.damages).toBe(1)
    expect(once.affected).toEqual([])
    expect(reads.of).toBe(2)
    const twice = await checkRepository(await unsteady(2))
    expect(namesOf(twice.findings)).toEqual([`pack-damaged ${name}`])
  })

  it('takes a pack of content and folders together for a hint, as restic does', async () => {
    const repository = await small.copy()
    const blobs = [
      { type: 'data' as const, plain: Buffer.from('content') },
      { type: 'tree' as const, plain: Buffer.from('{"nodes":[]}\n') },
    ]
    const pack = await storePack(repository, blobs)
    await storeIndex(repository, pack)
    const { findings, checked } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual([`pack-mixed ${pack.name}`])
    expect(checked.damages).toBe(0)
  })

  it('finds that an index leaves out the first blob of a pack, as restic does', async () => {
    const repository = await small.copy()
    const { name, entries } = await storePack(repository, [
      { type: 'data', plain: Buffer.from('one') },
      { type: 'data', plain: Buffer.from('two') },
    ])
    await storeIndex(repository, { name, entries: entries.slice(1) })
    const structure = await checkRepository(repository, { read: { type: 'none' } })
    expect(structure.findings.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
      expect.stringMatching(/^index-contradiction: .* has nothing from byte 0 to 35, by its index/),
    ])
    const { findings } = await checkRepository(repository)
    expect(namesOf(findings)).toContain(`pack-header ${name}`)
  })

  it('names a pack of which the storage hands out no more than the beginning, and goes on', async () => {
    const repository = await small.copy()
    const reached: string[] = []
    const storage = changeStorage(repository.storage, {
      load(handle, options) {
        if (handle.kind === 'pack') reached.push(handle.name)
        return handle.name === dataPack
          ? Promise.reject(new CoreError('storage/truncated', 'it ends after 8 bytes'))
          : repository.storage.load(handle, options)
      },
    })
    const { findings, checked } = await checkRepository(repository.over(storage))
    expect(namesOf(findings)).toEqual([`pack-unreadable ${dataPack}`])
    expect(checked.damages).toBe(1)
    expect(new Set(reached).size).toBe(checked.packs)
  })

  // restic 0.14 does so, 0.19.1-dev takes it for damage. Both listings say what is true, and together they list all of the pack.
  it('takes a pack of which two index files list different parts for a hint, and reads all of it', async () => {
    const repository = await small.copy()
    const { name, entries } = await storePack(repository, [
      { type: 'data', plain: Buffer.from('one') },
      { type: 'data', plain: Buffer.from('two') },
    ])
    for (const entry of entries) await storeIndex(repository, { name, entries: [entry] })
    const { findings, checked } = await checkRepository(repository)
    expect(namesOf(findings)).toEqual([`pack-repeated ${name}`])
    expect(checked).toMatchObject({ damages: 0, blobsRead: checked.blobs })
  })
})
