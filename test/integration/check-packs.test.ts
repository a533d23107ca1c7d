import { beforeAll, describe, expect, it } from 'vitest'

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
})
