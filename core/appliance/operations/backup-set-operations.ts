import { newId } from '../../base/index.ts'
import type { BackupSet, Content } from '../../contract/index.ts'
import {
  completionsOf,
  type BackupSetRow,
  type Catalog,
  nameTaken,
  policyRows,
  setRows,
  sourceRows,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { toByteString } from '../../file-system/index.ts'
import { createSelection } from '../../selection/index.ts'
import { formatEntryPath, parseEntryPath } from '../../snapshot/index.ts'
import { isMissing } from '../../source/index.ts'
import { readVaultLocation, vaultFolder } from '../../vault/index.ts'
import { isWithin, physicalPath } from '../data/own-folders.ts'
import { badField, conflict, noSuch } from '../present/refusals.ts'
import { decisionPage, retentionPoints } from '../present/retention-dto.ts'
import { describeSets } from '../present/set-dto.ts'
import { contentOf, policySettingsOf } from '../present/stored.ts'
import type { Tools } from '../tools.ts'
import type { OperationsOf } from './operations.ts'

export function backupSetOperations(tools: Tools): OperationsOf<'sets'> {
  const { catalog, clock, chance, publish, engine, folder } = tools

  async function find(id: string): Promise<BackupSetRow> {
    const set = await setRows.find(catalog.rows, id)
    if (!set || set.removed_at !== null) throw noSuch('backup set', id)
    return set
  }

  async function one(id: string): Promise<BackupSet> {
    const [set] = await describeSets(tools, [await find(id)])
    if (!set) throw noSuch('backup set', id)
    return set
  }

  async function refuseName(name: string, own?: string): Promise<void> {
    const other = await setRows.findByName(catalog.rows, name)
    if (other && other.id !== own) throw nameTaken('backup set', name)
  }

  async function findPolicy(id: string): Promise<void> {
    const policy = await policyRows.find(catalog.rows, id)
    if (!policy || policy.removed_at !== null) throw noSuch('policy', id)
  }

  /** Wherever links lead to. Throws `input/invalid`. What lies below a root is left out by the backup itself. */
  async function refuseOwn(roots: readonly string[], vault: VaultRow | undefined): Promise<void> {
    const data = await physicalPath(folder.path)
    const vaultPath = vault && vaultFolder(readVaultLocation(vault.location))
    const place = vaultPath === undefined ? undefined : await physicalPath(vaultPath)
    for (const root of roots) {
      const path = await physicalPath(parseEntryPath(root))
      if (isWithin(path, data)) {
        const remedy = 'Leave it out: the catalog is stored in every vault by itself.'
        throw badField('content.roots', `${root} is the data folder of this appliance.`, remedy)
      }
      if (place && isWithin(path, place)) {
        const remedy = 'Leave it out, or back it up to another vault.'
        throw badField('content.roots', `${root} lies in the vault that it would be backed up to.`, remedy)
      }
    }
  }

  return {
    list: async () => ({ items: await describeSets(tools, await setRows.list(catalog.rows)) }),
    get: ({ id }) => one(id),
    async create({ name, sourceId, vaultId, policyId, content, isEnabled, hotDays, allowMissingRoots }) {
      await refuseName(name)
      const source = await sourceRows.find(catalog.rows, sourceId)
      if (!source || source.removed_at !== null) throw noSuch('source', sourceId)
      const vault = await vaultRows.find(catalog.rows, vaultId)
      if (!vault || vault.removed_at !== null) throw noSuch('vault', vaultId)
      await findPolicy(policyId)
      const proved = proveContent(content)
      await refuseOwn(proved.roots, vault)
      if (allowMissingRoots !== true) refuseMissing(proved.roots)
      const id = newId(clock, chance)
      const now = clock.now()
      await setRows.insert(catalog.rows, {
        id,
        name,
        source_id: sourceId,
        vault_id: vaultId,
        policy_id: policyId,
        content: JSON.stringify(proved),
        is_enabled: isEnabled ? 1 : 0,
        hot_days: hotDays ?? null,
        created_at: now,
        removed_at: null,
        skips: 0,
        looked_at: now,
        verified_at: null,
      })
      publish({ type: 'changed', kind: 'set', id })
      return one(id)
    },
    async update({ id, name, policyId, content, isEnabled, hotDays, allowMissingRoots }) {
      const set = await find(id)
      if (name !== undefined) await refuseName(name, id)
      if (policyId !== undefined) await findPolicy(policyId)
      const proved = content && proveContent(content)
      if (proved) await refuseOwn(proved.roots, await vaultRows.find(catalog.rows, set.vault_id))
      // A disk that is away today is no reason to refuse another change.
      const known = new Set(contentOf(set).roots)
      if (proved && allowMissingRoots !== true) refuseMissing(proved.roots.filter((root) => !known.has(root)))
      await setRows.update(catalog.rows, id, {
        ...(name !== undefined && { name }),
        ...(policyId !== undefined && { policy_id: policyId }),
        ...(proved && { content: JSON.stringify(proved) }),
        ...(isEnabled !== undefined && { is_enabled: isEnabled ? 1 : 0 }),
        ...(hotDays !== undefined && { hot_days: hotDays }),
        // What came due while it was disabled is not made up for.
        ...(isEnabled === true && set.is_enabled === 0 && { looked_at: clock.now() }),
      })
      publish({ type: 'changed', kind: 'set', id })
      engine.wake()
      return one(id)
    },
    async remove({ id }) {
      const set = await one(id)
      if (set.runningRunId !== null) throw conflict(`${set.name} is being backed up.`, 'Stop the run first.')
      await setRows.update(catalog.rows, id, { removed_at: clock.now(), is_enabled: 0 })
      publish({ type: 'changed', kind: 'set', id })
      return {}
    },
    async retention({ id, limit, cursor }) {
      const set = await find(id)
      const policy = await policyRows.find(catalog.rows, set.policy_id)
      if (!policy) throw noSuch('policy', set.policy_id)
      const { schedule, retention } = policySettingsOf(policy)
      const points = retentionPoints(await completionsOf(catalog.rows, id), schedule.timeZone)
      return decisionPage(points, retention, { now: clock.now(), limit, cursor })
    },
  }
}

/** Which folders are protected, of all backup sets. */
export async function protectedPaths(catalog: Catalog): Promise<string[]> {
  return (await setRows.list(catalog.rows)).flatMap((set) => contentOf(set).roots)
}

/** Paths as they are said once and for all, and patterns that can be read. Throws `input/invalid`. */
function proveContent(content: Content): Content {
  const roots = [...new Set(content.roots.map((root) => formatEntryPath(parseEntryPath(root))))]
  createSelection({ excludes: content.excludes.map(toByteString) }, () => undefined)
  return { ...content, roots }
}

/** A name that was mistyped would be missed each night. Throws `input/invalid`. */
function refuseMissing(roots: readonly string[]): void {
  const missing = roots.find((root) => isMissing(parseEntryPath(root)))
  if (missing === undefined) return
  throw badField(
    'content.roots',
    `There is nothing at ${missing}.`,
    'Check its name, and that what it lies on is mounted. Where it is on a disk that comes and goes, say so: --allow-missing of `holdfast set add`, `allowMissingRoots` of the API.',
  )
}
