import { type S3Credentials, type S3Location, s3LocationText } from '../../storage/index.ts'

/** A folder of this computer, or of a share that is mounted here. */
export interface FolderLocation {
  readonly kind: 'directory'
  /** A whole path. */
  readonly path: string
}

/** A bucket of S3, or a folder in it. */
export interface BucketLocation extends S3Location {
  readonly kind: 's3'
}

/** Where a vault's repository is. It holds no secret: it may be shown, and is in the catalog as it is. */
export type VaultLocation = FolderLocation | BucketLocation

/** A location, and what it takes to get in. */
export type VaultPlace = FolderLocation | (BucketLocation & { readonly credentials: S3Credentials })

/** As the catalog stores it: what is written there came through the contract. */
export function readVaultLocation(stored: string): VaultLocation {
  return JSON.parse(stored) as VaultLocation
}

/** A place without what is secret of it. */
export function locationOf(place: VaultPlace): VaultLocation {
  if (place.kind === 'directory') return place
  const { credentials: _, ...location } = place
  return location
}

/** The folder of this computer that a vault takes up, if it does. Backups leave it out, and nobody restores into it. */
export function vaultFolder(location: VaultLocation): string | undefined {
  return location.kind === 'directory' ? location.path : undefined
}

/** For people, and for restic. */
export function vaultPlaceText(location: VaultLocation): string {
  return location.kind === 'directory' ? location.path : s3LocationText(location)
}
