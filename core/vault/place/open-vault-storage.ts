import { CoreError } from '../../base/index.ts'
import { type CacheDamage, type CachePlace, openCacheFolder, openCacheStorage } from '../../cloud-cache/index.ts'
import { openDirectoryStorage, openS3Storage, type Storage, withRetry } from '../../storage/index.ts'
import type { VaultPlace } from './vault-location.ts'

/** The CloudCache before a vault's place. */
export interface VaultCache extends CachePlace {
  /** Bytes that it holds at most; undefined: what its disk takes. */
  readonly capacity: number | undefined
}

/** Where the files of a vault are: its place, and perhaps a cache before it. */
export interface VaultStore {
  readonly place: VaultPlace
  readonly cache?: VaultCache | undefined
}

/** A storage that holds a journal and connections until it is disposed of. */
export interface OpenedStorage extends Disposable {
  readonly storage: Storage
  /** Why it does without the cache that there should be. */
  readonly withoutCache: CoreError | undefined
}

export interface OpenStorageOptions {
  /** Where the cache cannot be used: go without it, to what the cloud has. Default: refuse. */
  readonly mayBypass?: boolean
  readonly onHealed?: ((damage: CacheDamage) => void) | undefined
  readonly onDamaged?: ((damage: CacheDamage) => void) | undefined
}

/**
 * The storage of a vault, stubborn where what goes wrong may pass.
 *
 * @throws CoreError `cache/unusable` where there should be a cache, and is none that can be used.
 */
export async function openVaultStorage(
  { place, cache }: VaultStore,
  { mayBypass = false, onHealed, onDamaged }: OpenStorageOptions = {},
): Promise<OpenedStorage> {
  if (cache === undefined) return { ...openPlace(place), withoutCache: undefined }
  try {
    const { local, journal, [Symbol.dispose]: closeCache } = await openCacheFolder(cache)
    const { storage: cloud, [Symbol.dispose]: closeCloud } = openPlace(place)
    return {
      storage: openCacheStorage({ local, cloud, journal, capacity: cache.capacity, onHealed, onDamaged }),
      withoutCache: undefined,
      [Symbol.dispose]() {
        closeCache()
        closeCloud()
      },
    }
  } catch (error) {
    if (!mayBypass || !(error instanceof CoreError) || !isOfCache(error, cache)) throw error
    return { ...openPlace(place), withoutCache: error }
  }
}

/** The place itself, whatever cache is before it. */
export function openPlace(place: VaultPlace): Omit<OpenedStorage, 'withoutCache'> {
  if (place.kind === 'directory')
    return { storage: withRetry(openDirectoryStorage(place.path)), [Symbol.dispose]: () => undefined }
  const bucket = openS3Storage(place, place.credentials)
  return { storage: withRetry(bucket), [Symbol.dispose]: () => bucket[Symbol.dispose]() }
}

/** Whether it is the cache that failed, and not the cloud behind it. */
export function isOfCache(error: unknown, { folder }: Pick<CachePlace, 'folder'>): boolean {
  if (!(error instanceof CoreError)) return false
  if (error.code === 'cache/unusable') return true
  const { location } = error.context
  if (error.code.startsWith('storage/') && typeof location === 'string')
    return location === folder || location.startsWith(`${folder}/`)
  return isOfCache(error.cause, { folder })
}
