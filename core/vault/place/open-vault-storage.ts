import { openDirectoryStorage, type Storage, withRetry } from '../../storage/index.ts'
import type { VaultLocation } from './vault-location.ts'

/** The storage of a vault, stubborn where what goes wrong may pass. */
export function openVaultStorage({ path }: VaultLocation): Storage {
  return withRetry(openDirectoryStorage(path))
}
