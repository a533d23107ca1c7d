import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { CoreError } from '../../../../core/base/index.ts'
import { type Catalog, openCatalog, readSetting, writeSetting } from '../../../../core/database/index.ts'

describe('a catalog that takes nothing any more', () => {
  let root: string
  let path: string
  let catalog: Catalog
  let told: CoreError[]
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'holdfast-refused-'))
    path = join(root, 'catalog.db')
    told = []
    catalog = await openCatalog(path, { onRefused: (error) => told.push(error) })
  })
  afterEach(async () => {
    await catalog.close()
    await rm(root, { recursive: true, force: true })
  })

  /** As on a full disk, SQLite answers `SQLITE_FULL`; it never takes fewer pages than there are. */
  const mostPages = async (pages: number): Promise<void> =>
    void (await sql`pragma max_page_count = ${sql.raw(String(pages))}`.execute(catalog.rows))
  const large = 'what needs pages of its own'.repeat(1000)
  const full = {
    code: 'storage/full',
    message: 'The catalog cannot be written: the disk of the data folder is full.',
    safety: expect.stringContaining('Recovery points in vaults are safe'),
    remedy: expect.stringContaining('Make room'),
    retryable: false,
  }

  it('says that the disk is full, and works again as soon as there is room', async () => {
    await mostPages(1)
    await expect(writeSetting(catalog.rows, 'large', large)).rejects.toMatchObject(full)
    expect(catalog.writes().isRefused).toBe(true)
    expect(await readSetting(catalog.rows, 'large')).toBeUndefined()
    await mostPages(10_000)
    expect(catalog.writes().isRefused).toBe(true)
    await writeSetting(catalog.rows, 'large', large)
    expect(catalog.writes().isRefused).toBe(false)
    expect(await readSetting(catalog.rows, 'large')).toBe(large)
  })

  it('is told of once, until a write is taken again', async () => {
    await mostPages(1)
    for (let times = 0; times < 3; times++) await expect(writeSetting(catalog.rows, 'large', large)).rejects.toThrow()
    expect(told).toMatchObject([full])
    await writeSetting(catalog.rows, 'small', 'fits')
    await expect(writeSetting(catalog.rows, 'large', large)).rejects.toThrow()
    expect(told).toHaveLength(2)
  })

  it('says so of a transaction, too, which SQLite has taken back by then', async () => {
    await mostPages(1)
    const broken = catalog.transaction(async (rows) => {
      await writeSetting(rows, 'before', 'small')
      await writeSetting(rows, 'large', large)
    })
    await expect(broken).rejects.toMatchObject(full)
    expect(await readSetting(catalog.rows, 'before')).toBeUndefined()
    await catalog.transaction((rows) => writeSetting(rows, 'after', 'small'))
    expect(await readSetting(catalog.rows, 'after')).toBe('small')
  })

  it('keeps nothing of a transaction that goes on after a part was refused', async () => {
    await mostPages(1)
    const broken = catalog.transaction(async (rows) => {
      await writeSetting(rows, 'large', large).catch(() => undefined)
      await writeSetting(rows, 'behind', 'small').catch(() => undefined)
    })
    await expect(broken).rejects.toMatchObject(full)
    expect(await readSetting(catalog.rows, 'behind')).toBeUndefined()
  })

  it('says so of writes that answer with rows', async () => {
    await mostPages(1)
    const written = catalog.rows.insertInto('setting').values({ key: 'large', value: large }).returningAll().execute()
    await expect(written).rejects.toMatchObject(full)
    expect(catalog.writes().isRefused).toBe(true)
    const { done } = catalog.writes()
    await catalog.rows.insertInto('setting').values({ key: 'small', value: 'fits' }).returningAll().execute()
    expect(catalog.writes()).toEqual({ done: done + 1, isRefused: false })
    await readSetting(catalog.rows, 'small')
    expect(catalog.writes().done).toBe(done + 1)
  })

  it('says that its file is read-only', async () => {
    await sql`pragma query_only = on`.execute(catalog.rows)
    await expect(writeSetting(catalog.rows, 'name', 'nas-01')).rejects.toMatchObject({
      code: 'service/unavailable',
      message: 'The catalog cannot be written: its file is read-only.',
      retryable: true,
    })
  })

  it('says that it is damaged, where it is read, and takes that for no refused write', async () => {
    for (let page = 0; page < 50; page++) await writeSetting(catalog.rows, `large ${page}`, large)
    await catalog.close()
    const { length } = await readFile(path)
    await using file = await open(path, 'r+')
    await file.write(Buffer.alloc(length / 2, 0xff), 0, length / 2, length / 2)
    catalog = await openCatalog(path, { onRefused: (error) => told.push(error) })
    const damaged = {
      code: 'catalog/damaged',
      message: 'The catalog cannot be read: its file is damaged.',
      remedy: expect.stringContaining('rebuild-catalog'),
    }
    await expect(catalog.rows.selectFrom('setting').selectAll().execute()).rejects.toMatchObject(damaged)
    const streamed = async (): Promise<void> => {
      for await (const row of catalog.rows.selectFrom('setting').selectAll().stream()) expect(row.value).toBe(large)
    }
    await expect(streamed()).rejects.toMatchObject(damaged)
    expect(catalog.writes().isRefused).toBe(false)
    expect(told).toEqual([])
  })

  it('says that it cannot be copied to where no file can be', async () => {
    await expect(catalog.copyTo(join(root, 'nowhere', 'copy.db'))).rejects.toMatchObject({
      code: 'service/unavailable',
      message: 'The catalog cannot be copied: the service cannot get at its file.',
    })
  })

  it('is not taken for damaged by a start while another program has locked it', async () => {
    await catalog.close()
    const other = new DatabaseSync(path)
    other.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    try {
      await expect(openCatalog(path)).rejects.toMatchObject({
        code: 'service/unavailable',
        message: 'The catalog cannot be opened: another program has locked it.',
      })
    } finally {
      other.close()
      catalog = await openCatalog(path)
    }
  })
})
