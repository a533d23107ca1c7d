import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { openCatalog, readSetting, removeSetting, writeSetting } from '../../../../core/database/index.ts'
import { MIGRATIONS } from '../../../../core/database/migrations/migrations.ts'

describe('a catalog', () => {
  let root: string
  let path: string
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-catalog-'))
    path = join(root, 'catalog.db')
  })
  afterEach(() => rm(root, { recursive: true }))

  const first = Object.fromEntries(Object.entries(MIGRATIONS).slice(0, 1))

  it('is brought to the newest form with all that is in it', async () => {
    const old = await openCatalog(path, { migrations: first })
    await writeSetting(old.rows, 'name', 'nas-01')
    await old.close()
    const now = await openCatalog(path)
    expect(await readSetting(now.rows, 'name')).toBe('nas-01')
    await now.close()
    // Whoever goes back to the version before is told.
    await expect(openCatalog(path, { migrations: first })).rejects.toMatchObject({ code: 'catalog/newer' })
  })

  it('is as it was where that fails half way, and goes on from there', async () => {
    const old = await openCatalog(path, { migrations: first })
    await writeSetting(old.rows, 'name', 'nas-01')
    await old.close()
    const broken = {
      ...first,
      '0002-broken': {
        async up({ schema }: Parameters<(typeof MIGRATIONS)[string]['up']>[0]) {
          await schema.createTable('half').addColumn('id', 'text').execute()
          await schema.dropTable('setting').execute()
          throw new Error('the disk is full')
        },
      },
    }
    const failed = openCatalog(path, { migrations: broken })
    await expect(failed).rejects.toMatchObject({
      code: 'catalog/damaged',
      message: expect.stringContaining('disk is full'),
    })
    const now = await openCatalog(path)
    expect(await readSetting(now.rows, 'name')).toBe('nas-01')
    await now.close()
  })

  it('that could not be made whole is made by the next start', async () => {
    const broken = {
      '0001-first': {
        async up(...given: Parameters<(typeof MIGRATIONS)[string]['up']>) {
          await MIGRATIONS['0001-first']?.up(...given)
          throw new Error('the disk is full')
        },
      },
    }
    await expect(openCatalog(path, { migrations: broken })).rejects.toMatchObject({ code: 'catalog/damaged' })
    await (await openCatalog(path)).close()
  })

  it('writes through a log, and flushes each transaction to the disk', async () => {
    const catalog = await openCatalog(path)
    const ask = async (pragma: string): Promise<unknown> =>
      (await sql`PRAGMA ${sql.raw(pragma)}`.execute(catalog.rows)).rows[0]
    expect(await ask('journal_mode')).toEqual({ journal_mode: 'wal' })
    // 2 is FULL (sqlite.org/pragma.html).
    expect(await ask('synchronous')).toEqual({ synchronous: 2 })
    expect(await ask('foreign_keys')).toEqual({ foreign_keys: 1 })
    await catalog.close()
  })

  it('is copied as of one moment, and no copy holds what was removed before', async () => {
    const catalog = await openCatalog(path)
    const secret = 'a digest of a session that has ended'.repeat(10)
    await writeSetting(catalog.rows, 'kept', 'what is kept')
    await writeSetting(catalog.rows, 'gone', secret)
    await removeSetting(catalog.rows, 'gone')
    // While somebody writes.
    const [copied] = await Promise.all([
      catalog.copyTo(join(root, 'copy.db')),
      ...Array.from({ length: 200 }, (_, turn) => writeSetting(catalog.rows, `turn ${turn % 10}`, String(turn))),
    ])
    expect(copied).toBeUndefined()
    await catalog.close()
    expect((await readFile(join(root, 'copy.db'))).includes('a digest of a session')).toBe(false)
    const copy = await openCatalog(join(root, 'copy.db'))
    expect(await readSetting(copy.rows, 'kept')).toBe('what is kept')
    await copy.close()
  })
})
