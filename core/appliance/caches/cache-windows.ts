import type { CacheSettings } from '../../contract/index.ts'
import type { SyncWindowDraft } from '../../policy/index.ts'

/** The windows of a cache, as policies know them. */
export function cacheWindows({ windows }: Pick<CacheSettings, 'windows'>): SyncWindowDraft[] {
  return windows.map(({ bytesPerSecond, ...window }) => ({ ...window, bytesPerSecond: bytesPerSecond ?? undefined }))
}
