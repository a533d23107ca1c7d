import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createHealth, type Health } from '../../../../core/appliance/upkeep/health.ts'
import type { Clock } from '../../../../core/base/index.ts'
import { type Catalog, openCatalog, readSetting, writeSetting } from '../../../../core/database/index.ts'

describe('health', () => {
  let root: string
  let path: string
  let catalog: Catalog
  let health: Health
  let time: number
  const clock: Clock = { now: () => time, monotonic: () => time }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-health-'))
    path = join(root, 'catalog.db')
    catalog = await openCatalog(path)
    time = 1_000_000
    health = createHealth({ catalog, clock, answersWithin: 200 })
  })
  afterEach(async () => {
    await catalog.close()
    await rm(root, { recursive: true, force: true })
  })

  const after = (milliseconds: number): Promise<string> => {
    time += milliseconds
    return health.check()
  }

  it('is good where the catalog is read and written, and the queue is looked at', async () => {
    expect(await health.check()).toBe('ready')
    for (let minute = 0; minute < 5; minute++) {
      health.beat()
      expect(await after(50_000)).toBe('ready')
    }
  })

  it('says where the queue is looked at no more, and when it is again', async () => {
    expect(await after(60_000)).toBe('ready')
    expect(await after(1001)).toBe('queue-stuck')
    health.beat()
    expect(await after(1000)).toBe('ready')
  })

  it('says where the catalog cannot be read', async () => {
    await catalog.close()
    expect(await health.check()).toBe('catalog-unreadable')
  })

  it('says where the catalog does not answer', async () => {
    const held = Promise.withResolvers<void>()
    const holding = catalog.transaction(() => held.promise)
    expect(await health.check()).toBe('catalog-unreadable')
    held.resolve()
    await holding
    expect(await after(1000)).toBe('ready')
  })

  it('says where the last write was refused, until one is not', { timeout: 60_000 }, async () => {
    const other = new DatabaseSync(path)
    other.exec('BEGIN IMMEDIATE')
    await expect(writeSetting(catalog.rows, 'somebody', 'wrote')).rejects.toMatchObject({
      code: 'service/unavailable',
      message: expect.stringContaining('locked'),
    })
    expect(await health.check()).toBe('catalog-unwritable')
    other.exec('ROLLBACK')
    other.close()
    // It is not tried with each question.
    expect(await after(1000)).toBe('catalog-unwritable')
    expect(await after(29_000)).toBe('ready')
  })

  it('tries itself whether the catalog can be written, where nobody else does', async () => {
    const made = await readSetting(catalog.rows, 'health')
    health.beat()
    expect([made, await after(60_000)]).toEqual([undefined, 'ready'])
    expect(await readSetting(catalog.rows, 'health')).toBe(String(time))
    // Another's write says as much.
    health.beat()
    time += 59_000
    await writeSetting(catalog.rows, 'somebody', 'wrote')
    await health.check()
    await after(59_000)
    expect(await readSetting(catalog.rows, 'health')).toBe('1060000')
  })

  it('sees a disk that takes nothing any more, though nobody writes', async () => {
    // As a file system that was made read-only does, SQLite answers `SQLITE_READONLY`.
    await sql`pragma query_only = on`.execute(catalog.rows)
    expect(await health.check()).toBe('ready')
    health.beat()
    expect(await after(60_000)).toBe('catalog-unwritable')
    await sql`pragma query_only = off`.execute(catalog.rows)
    health.beat()
    expect(await after(30_000)).toBe('ready')
  })

  it('takes what a write wanted for no fault of the catalog', async () => {
    const twice = {
      id: 'same',
      digest: 'd',
      person_id: 'nobody',
      address: '',
      created_at: 0,
      expires_at: 0,
      seen_at: 0,
    }
    await expect(catalog.rows.insertInto('session').values(twice).execute()).rejects.toThrow('FOREIGN KEY')
    expect(await health.check()).toBe('ready')
  })

  it('looks once in a second, however often it is asked', async () => {
    let reads = 0
    const counted: Catalog = {
      ...catalog,
      get rows() {
        reads++
        return catalog.rows
      },
    }
    const asked = createHealth({ catalog: counted, clock })
    await Promise.all(Array.from({ length: 1000 }, () => asked.check()))
    expect(reads).toBe(1)
    time += 999
    await asked.check()
    expect(reads).toBe(1)
    time += 1
    await asked.check()
    expect(reads).toBe(2)
  })

  it('says that it is being stopped', async () => {
    expect(await health.check()).toBe('ready')
    health.stop()
    expect(await health.check()).toBe('stopping')
  })
})
