/** Where a vault's repository is. Further kinds of storage get a form of their own here. */
export interface VaultLocation {
  readonly kind: 'directory'
  /** A whole path. */
  readonly path: string
}

/** As the catalog stores it: what is written there came through the contract. */
export function readVaultLocation(stored: string): VaultLocation {
  return JSON.parse(stored) as VaultLocation
}

/** The folder of this computer that a vault takes up. Backups leave it out, and nobody restores into it. */
export function vaultFolder({ path }: VaultLocation): string {
  return path
}

/** For people. */
export function vaultPlaceText({ path }: VaultLocation): string {
  return path
}
