import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createCatalogBackups } from '../../../../core/appliance/upkeep/catalog-backups.ts'
import { type Catalog, insertAudit, openCatalog, vaultRows } from '../../../../core/database/index.ts'
import type { Engine } from '../../../../core/job/index.ts'

describe('copies of the catalog', () => {
  let root: string
  let catalog: Catalog
  let requested: string[]
  beforeEach(async () => {
    vi.useFakeTimers()
    root = await mkdtemp(join(tmpdir(), 'holdfast-copies-'))
    catalog = await openCatalog(join(root, 'catalog.db'))
    requested = []
  })
  afterEach(async () => {
    vi.useRealTimers()
    await catalog.close()
    await rm(root, { recursive: true })
  })

  const start = () =>
    createCatalogBackups({
      catalog,
      engine: {
        request: ({ vaultId }: { vaultId: string }) => Promise.resolve(void requested.push(vaultId)),
      } as unknown as Engine,
      onError: (error) => {
        throw error as Error
      },
    })
  const vault = (id: string, storedAt: number | null) =>
    vaultRows.insert(catalog.rows, {
      id,
      name: id,
      location: '{}',
      repository_id: id,
      password_sealed: '',
      created_at: 0,
      removed_at: null,
      kit_exported_at: null,
      kit_exported_by: null,
      state: 'ready',
      problem: null,
      bytes_stored: null,
      bytes_free: null,
      bytes_total: null,
      measured_at: null,
      checked_at: null,
      check_damages: 0,
      damage_run_id: null,
      damage_needs_reading: 0,
      verified_at: null,
      pruned_at: null,
      forgot_at: null,
      forgot_moment: null,
      catalog_at: storedAt,
    })
  const change = (at: number, outcome: 'done' | 'refused' = 'done') =>
    insertAudit(catalog.rows, {
      id: `at ${String(at).padStart(9, '0')}`,
      at,
      actor: 'anna',
      address: '',
      operation: 'policies.update',
      object: null,
      outcome,
      details: '{}',
    })

  it('are asked for a minute after the first of several changes, once for each vault', async () => {
    await vault('one', null)
    await vault('two', null)
    const copies = start()
    copies.noteChange()
    await vi.advanceTimersByTimeAsync(59_000)
    copies.noteChange()
    expect(requested).toEqual([])
    await vi.advanceTimersByTimeAsync(1000)
    expect(requested).toEqual(['one', 'two'])
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(requested).toEqual(['one', 'two'])
  })

  it('are made up for where the appliance was stopped, or killed, before they were asked for', async () => {
    await vault('one', 1000)
    await change(900)
    await change(2000, 'refused')
    const before = start()
    await before.catchUp()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(requested).toEqual([])
    before.close()
    await change(3000)
    const after = start()
    await after.catchUp()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(requested).toEqual(['one'])
  })
})
