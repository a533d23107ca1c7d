import { rm } from 'node:fs/promises'
import { join } from 'node:path'

import { CoreError } from '../../base/index.ts'
import type { Appliance } from '../../cloud-cache/index.ts'
import {
  type CacheRow,
  type Catalog,
  findCache,
  newestPointOf,
  type RunRow,
  setRows,
  sourceRows,
  vaultRows,
} from '../../database/index.ts'
import type { Order, RunPorts, VaultAccess } from '../../job/index.ts'
import type { VaultCache } from '../../vault/index.ts'
import { hotSnapshots } from '../caches/hot-snapshots.ts'
import { cacheOf, cacheSettingsOf } from '../caches/vault-cache.ts'
import { ownStores } from '../data/own-folders.ts'
import type { SettingsStore } from '../data/settings-store.ts'
import { noSuch } from '../present/refusals.ts'
import { contentOf, sourceSettingsOf } from '../present/stored.ts'
import { type CatalogCopy, writeCatalogCopy } from './catalog-copy.ts'
import type { ForgetMoment } from './forget-moment.ts'
import { clockEvidence, pointsToForget } from './points-to-forget.ts'
import type { VaultReaders } from './vault-readers.ts'
import { Wanted } from './wanted.ts'

export interface RunPortsTools {
  readonly catalog: Catalog
  readonly settings: SettingsStore
  readonly readers: VaultReaders
  readonly clock: { now(): number }
  readonly version: string
  readonly applianceId: string
  /** A folder for what runs need for a while. */
  readonly work: string
  /** A folder for lists of missed files. */
  readonly missedFolder: string
  readonly folder: { readonly path: string }
  readonly catalogCopy: Omit<CatalogCopy, 'folder'>
  readonly moment: (wall: number) => ForgetMoment
}

/** A verification restores at most so much. */
const MOST_VERIFIED = { mostBytes: 256 * 1024 * 1024, mostFiles: 100 }

/** What the engine is given for each attempt. */
export function createRunPorts(tools: RunPortsTools): RunPorts {
  const { catalog, settings, readers, clock, version, work, missedFolder } = tools

  /** Always the same for a vault, so that its next copy is compared with the last; and no other vault's. */
  function copyFolder({ vault_id }: RunRow): string {
    return join(work, `catalog-copy-${vault_id}`)
  }

  async function orderOf(run: RunRow, vault: VaultAccess, bytesPerSecond: number | undefined): Promise<Order> {
    const base = {
      runId: run.id,
      attempt: run.attempt,
      programVersion: `holdfast ${version}`,
      vault,
      bytesPerSecond,
    }
    const wanted: unknown = JSON.parse(run.wanted)
    switch (run.kind) {
      case 'backup': {
        const set = run.set_id === null ? undefined : await setRows.find(catalog.rows, run.set_id)
        if (!set || set.removed_at !== null) throw noSuch('backup set', run.set_id ?? '')
        const source = await sourceRows.find(catalog.rows, set.source_id)
        if (!source) throw noSuch('source', set.source_id)
        const { host } = sourceSettingsOf(source)
        // FS-16: what could not be read is tried again by the next run.
        const content = contentOf(set)
        const ownFolders = await ownStores(tools)
        return { ...base, kind: 'backup', setId: set.id, host, content, ownFolders, missed: 'next-run', missedFolder }
      }
      case 'restore': {
        const { snapshotId, paths, target, overwrite, verify } = Wanted.restore.parse(wanted)
        return { ...base, kind: 'restore', snapshotId, paths, target, overwrite, verify }
      }
      case 'forget': {
        const asked = Wanted.forget.parse(wanted)
        const snapshots = await pointsToForget(tools, run, asked)
        // Points that were named go whatever time it is.
        return { ...base, kind: 'forget', snapshots, isConfirmed: asked.isConfirmed || asked.points !== undefined }
      }
      case 'prune': {
        const { isConfirmed } = Wanted.prune.parse(wanted)
        const row = await vaultRows.find(catalog.rows, run.vault_id)
        const clocks = row ? clockEvidence(row, tools.moment(clock.now())) : {}
        return {
          ...base,
          kind: 'prune',
          graceSeconds: settings.current.pruneGraceHours * 3600,
          isConfirmed,
          clocks,
          appliance: appliance(),
        }
      }
      case 'check':
        return { ...base, kind: 'check', readData: Wanted.check.parse(wanted).readData }
      case 'verify':
        return { ...base, kind: 'verify', snapshotId: await pointToVerify(run), scratch: work, ...MOST_VERIFIED }
      case 'catalog-backup': {
        const folder = copyFolder(run)
        await writeCatalogCopy({ ...tools.catalogCopy, folder })
        return { ...base, kind: 'catalog-backup', folder }
      }
      case 'sync':
        return { ...base, kind: 'sync', appliance: appliance() }
      case 'cache-build': {
        const { cache, row } = await cacheOfRun(run)
        const { takeOver } = Wanted['cache-build'].parse(wanted)
        return {
          ...base,
          kind: 'cache-build',
          cache,
          isNew: row.state === 'building',
          takeOver,
          appliance: appliance(),
        }
      }
      case 'cache-tidy': {
        const { row } = await cacheOfRun(run)
        const { highMark, lowMark, hotDays } = cacheSettingsOf(row)
        const hot = await hotSnapshots(catalog.rows, run.vault_id, hotDays, clock.now())
        const { isWanted } = Wanted['cache-tidy'].parse(wanted)
        return { ...base, kind: 'cache-tidy', hot, highMark, lowMark, isWanted }
      }
      case 'cache-audit':
        return { ...base, kind: 'cache-audit', appliance: appliance() }
      case 'cache-detach': {
        const { cache, row } = await cacheOfRun(run)
        const step = row.state === 'left' ? 'remove' : 'empty'
        return { ...base, kind: 'cache-detach', cache, step, appliance: appliance() }
      }
      default:
        throw new CoreError('internal/defect', `There is no kind of run called ${run.kind}.`)
    }
  }

  const appliance = (): Appliance => ({ id: tools.applianceId, name: settings.current.name })

  async function cacheOfRun({ vault_id }: RunRow): Promise<{ readonly cache: VaultCache; readonly row: CacheRow }> {
    const vault = await vaultRows.find(catalog.rows, vault_id)
    const row = await findCache(catalog.rows, vault_id)
    if (!vault || !row) throw noSuch('cache', vault_id)
    return { cache: cacheOf(vault, row), row }
  }

  async function pointToVerify({ set_id, vault_id }: RunRow): Promise<string> {
    const sets = set_id === null ? (await setRows.list(catalog.rows)).filter((set) => set.vault_id === vault_id) : []
    for (const id of set_id === null ? sets.map((set) => set.id) : [set_id]) {
      const point = await newestPointOf(catalog.rows, id)
      if (point && point.vault_id === vault_id) return point.snapshot_id
    }
    throw new CoreError('object/conflict', 'There is no recovery point that could be verified.', {
      safety: 'Nothing was changed.',
      remedy: 'Back up first.',
    })
  }

  return {
    vaultAccess: (vaultId) => readers.access(vaultId),
    order: orderOf,
    async release(run) {
      if (run.kind === 'catalog-backup') await rm(copyFolder(run), { recursive: true, force: true })
    },
  }
}
