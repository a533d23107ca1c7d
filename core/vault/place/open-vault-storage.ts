import { openDirectoryStorage, openS3Storage, type Storage, withRetry } from '../../storage/index.ts'
import type { VaultPlace } from './vault-location.ts'

/** The storage of a vault, stubborn where what goes wrong may pass. */
export function openVaultStorage(place: VaultPlace): Storage {
  return withRetry(
    place.kind === 'directory' ? openDirectoryStorage(place.path) : openS3Storage(place, place.credentials),
  )
}
