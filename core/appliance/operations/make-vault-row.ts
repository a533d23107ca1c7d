import { type Abortable, CoreError, isCode, newId } from '../../base/index.ts'
import { type Catalog, type VaultRow, vaultRows } from '../../database/index.ts'
import type { SealingKey } from '../../secret/index.ts'
import {
  drawVaultPassword,
  makeVault,
  proveVault,
  readVaultLocation,
  type VaultPlace,
  vaultPlaceText,
} from '../../vault/index.ts'
import { isSamePlace } from '../data/same-place.ts'
import { conflict } from '../present/refusals.ts'
import { passwordContext, placeColumns } from '../runs/vault-secrets.ts'
import type { Tools } from '../tools.ts'

type MakeTools = Pick<Tools, 'catalog' | 'key' | 'clock' | 'chance'>

/** A vault that is to be added: its name is free, and its place nobody's. */
export interface WantedVault {
  readonly name: string
  readonly place: VaultPlace
}

/**
 * Makes a repository for a new vault, and notes the vault. Its password is in the catalog before anything is made, as a vault
 * that was never added: whatever breaks off then, the next attempt at this place goes on with it. Returns the vault's id.
 */
export async function makeVaultRow(
  tools: MakeTools,
  { name, place }: WantedVault,
  { signal }: Abortable,
): Promise<string> {
  const { catalog, key, clock, chance } = tools
  const begun = await findBegun(catalog, place)
  const id = begun?.id ?? newId(clock, chance)
  const secret = begun ? key.open(begun.password_sealed, passwordContext(id)) : drawVaultPassword(chance)
  if (!begun) {
    const now = clock.now()
    const sealed = key.seal(secret, passwordContext(id))
    await vaultRows.insert(catalog.rows, {
      ...newRow({ id, name, place, repositoryId: NONE, sealed, now }, key),
      removed_at: now,
    })
  }
  let repositoryId: string
  try {
    repositoryId = await makeVault(place, secret, { clock, chance, signal })
  } catch (error) {
    if (!isCode(error, 'repository/exists')) throw error
    // An attempt before this one has made it, and no more.
    const own = begun && (await proveVault(place, secret, { signal }).catch(() => undefined))
    if (own === undefined) throw giveItsPassword(error)
    repositoryId = own
  }
  const now = clock.now()
  await vaultRows.update(catalog.rows, id, {
    name,
    ...placeColumns(id, place, key),
    repository_id: repositoryId,
    created_at: now,
    pruned_at: now,
    removed_at: null,
  })
  return id
}

/** Notes a vault whose repository is there. Returns its id. Throws `object/conflict` where it is a vault already. */
export async function attachVaultRow(
  { catalog, key, clock, chance }: MakeTools,
  { name, place }: WantedVault,
  password: string,
  { signal }: Abortable,
): Promise<string> {
  const repositoryId = await proveVault(place, password, { signal })
  const same = (await vaultRows.list(catalog.rows)).find((vault) => vault.repository_id === repositoryId)
  if (same) {
    throw conflict(
      `The repository at ${vaultPlaceText(place)} is the vault ${same.name} already.`,
      'Use that one. If it was moved here, detach that vault first.',
    )
  }
  const id = newId(clock, chance)
  const sealed = key.seal(password, passwordContext(id))
  await vaultRows.insert(catalog.rows, newRow({ id, name, place, repositoryId, sealed, now: clock.now() }, key))
  return id
}

/** The id of a repository that is not made yet, or of which nobody noted that it is. */
const NONE = ''

async function findBegun(catalog: Catalog, place: VaultPlace): Promise<VaultRow | undefined> {
  for (const row of await vaultRows.all(catalog.rows)) {
    if (row.repository_id !== NONE) continue
    if (await isSamePlace(place, readVaultLocation(row.location))) return row
  }
  return undefined
}

interface NewVault extends WantedVault {
  readonly id: string
  readonly repositoryId: string
  readonly sealed: string
  readonly now: number
}

function newRow({ id, name, place, repositoryId, sealed, now }: NewVault, key: SealingKey): VaultRow {
  return {
    id,
    name,
    ...placeColumns(id, place, key),
    repository_id: repositoryId,
    password_sealed: sealed,
    created_at: now,
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
    pruned_at: now,
    forgot_at: null,
    forgot_moment: null,
    catalog_at: null,
  }
}

function giveItsPassword(error: CoreError): CoreError {
  return new CoreError('object/conflict', error.message, {
    cause: error,
    safety: 'Nothing was changed.',
    remedy: 'To attach the repository that is there, give its password. For a new one choose another folder.',
  })
}
