import { describe, expect, it } from 'vitest'

import { DEFAULT_LIMITS, isIdle, planPrune } from '../../core/maintenance/index.ts'
import { readPackHeader, type Repository } from '../../core/repository/index.ts'
import { checkRepository, namesOf } from '../support/check-repository.ts'
import { storeIndex } from '../support/craft.ts'
import { pruneAt } from '../support/prune.ts'
import { useSmallRepository } from '../support/small-repository.ts'
import { snapshotContents } from '../support/snapshot-contents.ts'
import { readStored } from '../support/stored-files.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')

describe('what several index files list', () => {
  const small = useSmallRepository()
  let repository: Repository
  let packs: readonly (readonly [string, Buffer])[]

  async function fresh(): Promise<void> {
    repository = await small.copy()
    packs = [...small.files.pack]
  }

  it('is listed once by a prune, and then it has nothing left to do', async () => {
    await fresh()
    for (const [name, body] of packs) {
      await storeIndex(repository, { name, entries: readPackHeader(body, repository.sealer) })
    }
    expect(namesOf((await checkRepository(repository)).findings)).toHaveLength(packs.length)
    const { plan, done } = await pruneAt(repository, NOW)
    expect(plan.summary.repeated).toBe(packs.length)
    expect(done).toMatchObject({ packsRemoved: 0, bytesWritten: 0 })
    expect(namesOf((await checkRepository(repository)).findings)).toEqual([])
    expect(await snapshotContents(repository)).toEqual(await snapshotContents(small.repository))
    expect(isIdle(await planPrune(repository, { limits: DEFAULT_LIMITS, workers: 1 }))).toBe(true)
  })

  it('stays as it is where not all of them list the same', async () => {
    await fresh()
    const [name, body] =
      packs.find(([, each]) => readPackHeader(each, repository.sealer).length > 1) ?? expect.unreachable()
    const entries = readPackHeader(body, repository.sealer)
    await storeIndex(repository, { name, entries: entries.slice(1) })
    await storeIndex(repository, { name, entries })
    const before = await readStored(repository.storage)
    const { plan } = await pruneAt(repository, NOW)
    expect(plan.summary.repeated).toBe(0)
    expect(await readStored(repository.storage)).toEqual(before)
  })
})
