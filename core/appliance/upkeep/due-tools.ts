import type { Catalog } from '../../database/index.ts'
import type { CacheBook } from '../caches/cache-book.ts'
import type { SettingsStore } from '../data/settings-store.ts'
import type { ParsedPolicies } from '../present/parsed-policies.ts'

/** What whoever looks at what is due needs. */
export interface DueTools {
  readonly catalog: Catalog
  readonly settings: SettingsStore
  readonly policies: ParsedPolicies
  readonly cacheBook: CacheBook
  /** Told of a policy that is not understood. Other sets are looked at all the same. */
  readonly onDefect: (error: unknown, what: string) => void
}
