import type { VaultRow } from '../../database/index.ts'
import type { SealingKey } from '../../secret/index.ts'
import type { S3Credentials } from '../../storage/index.ts'
import { locationOf, readVaultLocation, type VaultLocation, type VaultPlace } from '../../vault/index.ts'

// What the catalog keeps sealed of a vault, and opens for whoever works on it.

/** What the password of a vault is sealed for. */
export function passwordContext(vaultId: string): string {
  return `vault:${vaultId}:password`
}

function accessContext(vaultId: string): string {
  return `vault:${vaultId}:access`
}

/** The columns of a vault that say where it is, and how to get in. */
export function placeColumns(
  vaultId: string,
  place: VaultPlace,
  key: SealingKey,
): Pick<VaultRow, 'location' | 'access_sealed'> {
  return {
    location: JSON.stringify(locationOf(place)),
    access_sealed:
      place.kind === 'directory' ? null : key.seal(JSON.stringify(place.credentials), accessContext(vaultId)),
  }
}

/** Throws `secret/unreadable`. */
export function placeOfVault(
  { id, location, access_sealed }: Pick<VaultRow, 'id' | 'location' | 'access_sealed'>,
  key: SealingKey,
): VaultPlace {
  const there: VaultLocation = readVaultLocation(location)
  if (there.kind === 'directory') return there
  if (access_sealed === null) throw new Error(`The vault ${id} is in S3 and has no access key`)
  // It was sealed by `placeColumns`, and nobody else can seal.
  const credentials = JSON.parse(key.open(access_sealed, accessContext(id))) as S3Credentials
  return { ...there, credentials }
}
