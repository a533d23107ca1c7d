/**
 * A vault is a repository plus where it is stored and its keys.
 *
 * - **Session**: an opened repository, locked as the work on it needs.
 */
export {
  isUnwritable,
  type LockMode,
  type Opening,
  type RepositorySession,
  type SessionNeeds,
  useRepository,
} from './use-repository.ts'
export {
  isOfCache,
  type OpenedStorage,
  openPlace,
  type OpenStorageOptions,
  openVaultStorage,
  type VaultCache,
  type VaultStore,
} from './place/open-vault-storage.ts'
export { openOwnerNote } from './place/open-owner-note.ts'
export {
  locationOf,
  readVaultLocation,
  vaultFolder,
  type VaultLocation,
  type VaultPlace,
  vaultPlaceText,
} from './place/vault-location.ts'
export { namesOfPath, noSuchEntry } from './path-names.ts'
export { drawVaultPassword, makeVault, proveVault } from './make-vault.ts'
export type { PlaceProbe } from './place/probe-finding.ts'
export { probePlace } from './place/probe-place.ts'
export { type RecoveryKit, recoveryKitText } from './recovery-kit.ts'
export { openVaultReader, type VaultReader } from './vault-reader.ts'
export { learnNeeds, type LearnNeedsOptions, type NeedsLearned } from './needs/learn-needs.ts'
