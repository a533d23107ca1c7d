/**
 * The CloudCache is a storage of two tiers: what is saved is durable in the local one at once, and reaches the cloud later.
 *
 * - **Tier**: a storage below it: the local one, or the cloud.
 * - **Journal**: what the cache knows of each file: where it is durable, and how far its upload has come.
 * - **Tombstone**: a removal of which the cloud has not heard yet.
 * - **Lease**: that this appliance is the one whose cache sends to the vault's cloud and deletes there.
 * - **Evicted**: only in the cloud, after its copy there was verified (CC-15). Only data packs ever are.
 */
export { auditCloud, type AuditOptions, type AuditReport } from './audit/audit-cloud.ts'
export type { HurtPoint } from './audit/hurt-points.ts'
export { type AdoptOptions, adoptFromCloud, type AdoptReport } from './adopt.ts'
export {
  assertCacheThere,
  type CachePlace,
  makeCacheFolder,
  openCacheFolder,
  type OpenedCache,
  removeCacheFolder,
} from './cache-folder.ts'
export type { CachedFile } from './journal/cached-file.ts'
export type { DamageSum } from './journal/damage-book.ts'
export { executeEviction, type EvictionDone, type EvictionOptions } from './eviction/execute-eviction.ts'
export { askEvictionPreview, type EvictionPreview, previewEviction } from './eviction/eviction-preview.ts'
export { tierCapacity } from './eviction/tier-capacity.ts'
export { type NeedingPoint, type PackUses, readPackUses } from './eviction/pack-uses.ts'
export { type EvictionPlan, type EvictionRoom, planEviction } from './eviction/eviction-plan.ts'
export type { NeedSum, SnapshotNeeds } from './journal/need-rows.ts'
export type { PackPlaces } from './journal/pack-places.ts'
export { type PointPlace, type PointPlaces, readPointPlaces } from './points/point-places.ts'
export { type PointFacts, type RestorableFrom, restorableFrom, type TierReach } from './points/restorable-from.ts'
export { LAPSES_AFTER, Lease, type LeaseOptions } from './lease/lease.ts'
export type { Appliance } from './lease/owner-note.ts'
export { refuseOwned } from './lease/refuse-owned.ts'
export { FILE_STATES, type FileState } from './journal/file-state.ts'
export { type Journal, openJournal } from './journal/journal.ts'
export { rebuildJournal, type RebuildOptions, type RebuildReport } from './rebuild-journal.ts'
export { areSumsOf, aroundRange, BLOCK, blockSums, firstBadBlock } from './tiers/block-sums.ts'
export type { Foreign } from './sync/foreign.ts'
export { syncCache, type SyncOptions, type SyncProgress, type SyncResult } from './sync/sync.ts'
export { type CacheOptions, openCacheStorage } from './tiers/cache-storage.ts'
export { evict } from './tiers/evict.ts'
export type { CacheDamage } from './tiers/tiered-reader.ts'
