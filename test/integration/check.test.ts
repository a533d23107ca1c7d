import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { checkRepository, namesOf } from '../support/check-repository.ts'
import {
  makeSmallRepository,
  readStored,
  type SmallRepository,
  storageOf,
  type StoredFiles,
} from '../support/repository.ts'

describe('a check of an intact repository', () => {
  let home = ''
  let small: SmallRepository
  let files: StoredFiles

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'holdfast-check-'))
    small = await makeSmallRepository(home)
    files = await readStored(small.repository.storage)
  })
  afterAll(() => rm(home, { recursive: true }))

  it('finds nothing and counts what it read', async () => {
    const { checked, findings, affected } = await checkRepository(small.repository.over(await storageOf(files)))
    expect(checked.snapshots).toBeGreaterThan(0)
    expect(namesOf(findings)).toEqual([])
    expect(affected).toEqual([])
  })
})
