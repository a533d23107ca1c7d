import { openDirectoryStorage, type Storage, withRetry } from '../storage/index.ts'

/** Where a vault's repository is. Further kinds of storage get a form of their own here. */
export interface VaultLocation {
  readonly kind: 'directory'
  /** A whole path. */
  readonly path: string
}

/** The storage of a vault, stubborn where what goes wrong may pass. */
export function openVaultStorage({ path }: VaultLocation): Storage {
  return withRetry(openDirectoryStorage(path))
}
