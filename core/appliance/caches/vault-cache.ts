import { CacheSettings } from '../../contract/index.ts'
import type { CacheRow, VaultRow } from '../../database/index.ts'
import type { VaultCache } from '../../vault/index.ts'

/** Settings of a cache, as its row keeps them. */
export function cacheSettingsOf({ settings }: Pick<CacheRow, 'settings'>): CacheSettings {
  return CacheSettings.parse(JSON.parse(settings))
}

/** Where the cache of a vault is. */
export function cacheOf({ repository_id }: Pick<VaultRow, 'repository_id'>, cache: CacheRow): VaultCache {
  return {
    folder: cache.folder,
    repositoryId: repository_id,
    capacity: cacheSettingsOf(cache).capacityBytes ?? undefined,
  }
}

/** The one that whoever works on the vault goes through: not before it is ready, and not once it is empty. */
export function usedCache(vault: VaultRow, cache: CacheRow | undefined): VaultCache | undefined {
  return cache?.state === 'ready' || cache?.state === 'leaving' ? cacheOf(vault, cache) : undefined
}
