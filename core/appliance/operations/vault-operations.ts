import { resolve } from 'node:path'

import { type Abortable, CoreError, createGate } from '../../base/index.ts'
import type { ProbeFinding, S3Credentials, Vault, VaultLocation as GivenLocation } from '../../contract/index.ts'
import {
  findCache,
  listAgents,
  nameTaken,
  type PointSums,
  removePointsOf,
  type Rows,
  setRows,
  sumPoints,
  type VaultRow,
  vaultRows,
} from '../../database/index.ts'
import { parseEntryPath } from '../../snapshot/index.ts'
import {
  locationOf,
  probePlace,
  proveVault,
  readVaultLocation,
  recoveryKitText,
  vaultFolder,
  type VaultLocation,
  type VaultPlace,
  vaultPlaceText,
} from '../../vault/index.ts'
import { isWithin, physicalPath } from '../data/own-folders.ts'
import { isSamePlace } from '../data/same-place.ts'
import { instant, instantOrNull } from '../present/instant.ts'
import { badField, conflict, noSuch, usedBySets } from '../present/refusals.ts'
import { stateOfVault } from '../present/vault-state.ts'
import { passwordContext, placeColumns, placeOfVault } from '../runs/vault-secrets.ts'
import type { Tools } from '../tools.ts'
import { protectedPaths } from './backup-set-operations.ts'
import { attachVaultRow, makeVaultRow } from './make-vault-row.ts'
import type { OperationsOf } from './operations.ts'
import { callerOf } from './session-operations.ts'

export function vaultOperations(tools: Tools): OperationsOf<'vaults'> {
  const { catalog, key, clock, chance, publish, signIn, settings, folder, readers } = tools

  /** One after the other: what one looked for would be another's when it is noted. */
  const additions = createGate({
    atOnce: 1,
    mostWaiting: 10,
    busy: {
      message: 'Other vaults are being added already.',
      safety: 'Nothing was changed.',
      remedy: 'Try again in a moment.',
    },
  })

  async function find(id: string, rows: Rows = catalog.rows): Promise<VaultRow> {
    const vault = await vaultRows.find(rows, id)
    if (!vault || vault.removed_at !== null) throw noSuch('vault', id)
    return vault
  }

  async function present(vaults: readonly VaultRow[]): Promise<Vault[]> {
    const sums = await sumPoints(catalog.rows, 'vault_id')
    return vaults.map((vault) => vaultDto(vault, sums.get(vault.id)))
  }

  async function one(id: string): Promise<Vault> {
    const [vault] = await present([await find(id)])
    if (!vault) throw noSuch('vault', id)
    return vault
  }

  async function refuseName(name: string, own?: string): Promise<void> {
    const other = await vaultRows.findByName(catalog.rows, name)
    if (other && other.id !== own) throw nameTaken('vault', name)
  }

  async function refusePlace(location: VaultLocation): Promise<void> {
    const text = vaultPlaceText(location)
    for (const vault of await vaultRows.list(catalog.rows)) {
      if (!(await isSamePlace(location, readVaultLocation(vault.location)))) continue
      throw conflict(`${text} is the vault ${vault.name} already.`, 'Use that one, or choose another folder.')
    }
    const path = vaultFolder(location)
    if (path !== undefined && isWithin(await physicalPath(path), await physicalPath(folder.path)))
      throw conflict(`${text} lies in the data folder of the appliance.`, 'Choose another folder.')
  }

  /** A key that does not open the vault is not kept. */
  async function provenAccess(
    vault: VaultRow,
    credentials: S3Credentials,
    options: Abortable,
  ): Promise<Pick<VaultRow, 'access_sealed'>> {
    const location = readVaultLocation(vault.location)
    const place = placeOf(location, credentials)
    const found = await proveVault(place, key.open(vault.password_sealed, passwordContext(vault.id)), options)
    if (found !== vault.repository_id)
      throw conflict(
        `With this access key ${vaultPlaceText(location)} is another repository.`,
        'Take the access key of the vault, or attach that repository as a vault of its own.',
      )
    return { access_sealed: placeColumns(vault.id, place, key).access_sealed }
  }

  return {
    list: async () => ({ items: await present(await vaultRows.list(catalog.rows)) }),
    get: ({ id }) => one(id),
    async probe({ location, credentials }, { signal }) {
      const place = placeOf(location, credentials)
      const roots = await protectedPaths(catalog)
      const besides = [...roots, folder.path]
      const { findings, hasRepository, bytesFree } = await probePlace(place, { clock, chance, besides, signal })
      return {
        findings: [
          ...findings.map(({ code, severity, message, remedy = null }) => ({ code, severity, message, remedy })),
          ...(await probeProtected(location, roots)),
        ],
        hasRepository,
        bytesFree: bytesFree ?? null,
      }
    },
    async create({ name, location, credentials, password }, { signal }) {
      const place = placeOf(location, credentials)
      const id = await additions.run(
        async () => {
          await refuseName(name)
          await refusePlace(locationOf(place))
          const wanted = { name, place }
          return password === undefined
            ? makeVaultRow(tools, wanted, { signal })
            : attachVaultRow(tools, wanted, password, { signal })
        },
        { signal },
      )
      publish({ type: 'changed', kind: 'vault', id })
      await tools.lookAtVault(id)
      return one(id)
    },
    async update({ id, name, credentials }, { signal }) {
      const vault = await find(id)
      if (name !== undefined) await refuseName(name, id)
      const access = credentials && (await provenAccess(vault, credentials, { signal }))
      if (name !== undefined || access) {
        await vaultRows.update(catalog.rows, id, { ...(name !== undefined && { name }), ...access })
        publish({ type: 'changed', kind: 'vault', id })
      }
      if (access) {
        // Whoever looks into it does so with the key that was.
        readers.forget(id)
        tools.agentDoor.letGo(id)
        await tools.lookAtVault(id)
      }
      return one(id)
    },
    async detach({ id }) {
      const vault = await find(id)
      const sets = (await setRows.list(catalog.rows)).filter(({ vault_id }) => vault_id === id)
      if (sets.length > 0)
        throw usedBySets(vault.name, sets, 'Remove these backup sets first. What is stored in the vault stays.')
      if (await findCache(catalog.rows, id))
        throw conflict(`The vault ${vault.name} has a cache.`, 'Take the cache away first: what it holds is sent then.')
      const agents = (await listAgents(catalog.rows)).filter(({ vault_id }) => vault_id === id)
      if (agents.length > 0)
        throw usedBySets(vault.name, agents, 'Remove these agents first. What they have stored stays.')
      readers.forget(id)
      const now = clock.now()
      await catalog.transaction(async (within) => {
        await vaultRows.update(within, id, { removed_at: now })
        // Attached again it has them anew: listed twice, every other one could not be opened.
        await removePointsOf(within, id, now)
      })
      publish({ type: 'changed', kind: 'vault', id })
      return {}
    },
    async exportKit({ id, password, again }, call) {
      const caller = callerOf(call)
      if (!again) refuseSecondKit(await find(id))
      await signIn.prove(caller.userId, password, call.address)
      const now = clock.now()
      // Of two who ask for the first one at once, one has it.
      const vault = await catalog.transaction(async (rows) => {
        const found = await find(id, rows)
        if (!again) refuseSecondKit(found)
        await vaultRows.update(rows, id, { kit_exported_at: now, kit_exported_by: caller.name })
        return found
      })
      const secret = key.open(vault.password_sealed, passwordContext(id))
      publish({ type: 'changed', kind: 'vault', id })
      tools.lookAtAlerts()
      return {
        fileName: `holdfast-recovery-kit-${vault.name.replaceAll(/[^\w.-]+/g, '-')}.txt`,
        text: recoveryKitText({
          vaultName: vault.name,
          place: placeOfVault(vault, key),
          repositoryId: vault.repository_id,
          password: secret,
          catalogKey: tools.catalogKey.toString('base64url'),
          appliance: settings.current.name,
          made: now,
        }),
      }
    },
  }
}

/** Throws `input/invalid` where what it takes to get in is missing, or is given where nobody asks for it. */
function placeOf(location: GivenLocation, credentials: S3Credentials | undefined): VaultPlace {
  if (location.kind === 's3') {
    if (credentials) return { ...location, credentials }
    throw badField('credentials', 'A place in S3 needs an access key.', 'Give the access key and its secret.')
  }
  if (credentials)
    throw badField('credentials', 'A folder needs no access key.', 'Leave it out, or give a place in S3.')
  return { ...location, path: resolve(location.path) }
}

/** Each kit is one more from which everything in the vault can be read: a second one is made on purpose, or not at all. */
function refuseSecondKit({ name, kit_exported_at, kit_exported_by }: VaultRow): void {
  if (kit_exported_at === null) return
  const by = kit_exported_by === null ? '' : ` by ${kit_exported_by}`
  throw new CoreError(
    'policy/unconfirmed',
    `The recovery kit of ${name} was exported already: ${instant(kit_exported_at)}${by}.`,
    {
      safety: 'Nothing was changed, and no secret was told.',
      remedy:
        'Look for that one first: whoever has a kit can read everything in the vault. If it is lost, export it again on purpose (`again`; `holdfast export-kit --again`).',
      context: { field: 'again' },
    },
  )
}

function vaultDto(vault: VaultRow, sums: PointSums | undefined): Vault {
  return {
    id: vault.id,
    name: vault.name,
    location: readVaultLocation(vault.location),
    repositoryId: vault.repository_id,
    createdAt: instant(vault.created_at),
    state: stateOfVault(vault),
    problem: vault.problem,
    kitExportedAt: instantOrNull(vault.kit_exported_at),
    kitExportedBy: vault.kit_exported_by,
    points: sums?.points ?? 0,
    newestPointAt: instantOrNull(sums?.newest),
    bytesStored: vault.bytes_stored,
    bytesFree: vault.bytes_free,
    lastCheckedAt: instantOrNull(vault.checked_at),
    lastVerifiedAt: instantOrNull(vault.verified_at),
    lastPrunedAt: instantOrNull(vault.pruned_at),
  }
}

/** Backups leave their vaults out; that what is meant to survive lies in what may be lost is to be said all the same. */
async function probeProtected(location: VaultLocation, roots: readonly string[]): Promise<ProbeFinding[]> {
  const path = vaultFolder(location)
  if (path === undefined) return []
  const place = await physicalPath(path)
  for (const root of roots) {
    if (!isWithin(place, await physicalPath(parseEntryPath(root)))) continue
    const message = `It lies in ${root}, which a backup set protects: backups leave the vault out, and whatever happens to that folder happens to it.`
    return [{ code: 'protected', severity: 'hint', message, remedy: 'Choose a folder on another disk.' }]
  }
  return []
}
