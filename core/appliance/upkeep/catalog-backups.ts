import { type Catalog, lastChange, lastRun, vaultRows } from '../../database/index.ts'
import { ACTIVE_STATES, CAUSES, type Engine, PENDING_STATES } from '../../job/index.ts'

/** Stores the catalog in every vault soon after something in it has changed that a new appliance would want to know. */
export interface CatalogBackups {
  noteChange(): void
  /** Notes a change that was made before the appliance was stopped, or killed, and is in no vault yet. */
  catchUp(): Promise<void>
  close(): void
}

const GATHERED = 60_000

export function createCatalogBackups({
  catalog,
  engine,
  onError,
  gathered = GATHERED,
}: {
  readonly catalog: Catalog
  readonly engine: Engine
  readonly onError: (error: unknown) => void
  /** Several changes in a row are stored once. Milliseconds. */
  readonly gathered?: number | undefined
}): CatalogBackups {
  let timer: NodeJS.Timeout | undefined

  async function request(): Promise<void> {
    timer = undefined
    for (const vault of await vaultRows.list(catalog.rows)) {
      const last = await lastRun(catalog.rows, { vaultId: vault.id, kind: 'catalog-backup' })
      // One that has not begun takes what there is then.
      if (last && (PENDING_STATES as readonly string[]).includes(last.state)) continue
      if (last && (ACTIVE_STATES as readonly string[]).includes(last.state)) {
        noteChange()
        continue
      }
      await engine.request({
        kind: 'catalog-backup',
        trigger: 'system',
        cause: CAUSES.upkeep,
        setId: null,
        sourceId: null,
        vaultId: vault.id,
        requestedBy: null,
        mostAttempts: 3,
        wanted: {},
      })
    }
  }

  function noteChange(): void {
    timer ??= setTimeout(() => void request().catch(onError), gathered).unref()
  }

  async function catchUp(): Promise<void> {
    const vaults = await vaultRows.list(catalog.rows)
    const stored = vaults.reduce((earliest, { catalog_at }) => Math.min(earliest, catalog_at ?? 0), Infinity)
    if (vaults.length > 0 && (await lastChange(catalog.rows)) > stored) noteChange()
  }

  return { noteChange, catchUp, close: () => clearTimeout(timer) }
}
