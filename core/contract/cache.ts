import { z } from 'zod'

import { ByteCount } from './common/bytes.ts'
import { Id, Reference } from './common/id.ts'
import { Instant } from './common/instant.ts'
import { operation } from './common/operation.ts'
import { EntryPath } from './common/path.ts'
import { DayWindow } from './policy.ts'
import { Run } from './run.ts'

/** CC-6: when a cache sends to the cloud, and how fast. Null: nobody has said yet how fast (CC-4). */
export const SyncWindow = DayWindow.extend({
  /** On which days: none is a window that is not open. */
  weekdays: z.array(z.int().min(1).max(7)).max(7),
  bytesPerSecond: z.int().min(65_536).nullable(),
})
export type SyncWindow = z.output<typeof SyncWindow>

export const CacheSettings = z.strictObject({
  /** Bytes that it holds at most. Null: what its disk takes. */
  capacityBytes: z
    .int()
    .min(1024 ** 3)
    .nullable(),
  /** Percent of the capacity: where more is held, data that the cloud has goes until no more than the lower mark is. */
  highMark: z.int().min(2).max(100),
  lowMark: z.int().min(1).max(99),
  /** How long recovery points stay hot, where their backup set says nothing else (CC-10). */
  hotDays: z.int().min(0).max(3650),
  /** In the time zone of the appliance. Nothing is sent before there are windows and each says how fast (CC-4). */
  windows: z.array(SyncWindow).max(50),
})
export type CacheSettings = z.output<typeof CacheSettings>

/** What holds where nobody said anything else: when to send, and how fast, somebody has to say. */
export const CACHE_DEFAULTS: Readonly<CacheSettings> = {
  capacityBytes: null,
  highMark: 90,
  lowMark: 75,
  hotDays: 14,
  windows: [],
}

const Held = z.object({ files: z.int(), bytes: ByteCount })

/** A window that is open, or the next one. */
const WindowSpan = z.object({ opensAt: Instant, closesAt: Instant, bytesPerSecond: z.int() })

export const Cache = z.object({
  vault: Reference,
  folder: z.string(),
  settings: CacheSettings,
  /**
   * - `building`: it is being made ready; the vault is used without it meanwhile.
   * - `incomplete`: nothing is sent before somebody has said when and how fast.
   * - `leaving`: it is being taken away.
   * - `unusable`: it is not there, or cannot be read.
   */
  state: z.enum(['building', 'incomplete', 'ready', 'syncing', 'paused', 'leaving', 'unusable']),
  /** Why, where it is unusable. */
  problem: z.string().nullable(),
  /** What has to be said before anything is sent. */
  missing: z.array(z.enum(['schedule', 'bandwidth'])),
  /** What it knows of, by where it is. Null where it cannot be read. */
  held: z
    .object({
      /** Only here. */
      local: Held,
      /** On its way: whether it has arrived is not certain. */
      uploading: Held,
      /** Sent, and not yet looked at. */
      uploaded: Held,
      /** Here and in the cloud. */
      verified: Held,
      /** In the cloud alone. */
      evicted: Held,
      /** Deletions of which the cloud has not heard. */
      deletions: z.int(),
    })
    .nullable(),
  bytesFree: ByteCount.nullable(),
  pausedAt: Instant.nullable(),
  pausedUntil: Instant.nullable(),
  pausedBy: z.string().nullable(),
  openWindow: WindowSpan.nullable(),
  nextWindow: WindowSpan.nullable(),
  /** When all that waits now will be in the cloud, by the windows. Null: never, as they are, or nothing waits. */
  offSiteAt: Instant.nullable(),
  syncedAt: Instant.nullable(),
  sync: Run.nullable(),
  /** How many bytes a second that sync may send now. Null: as many as it can, or there is none. */
  syncBytesPerSecond: z.int().nullable(),
})
export type Cache = z.output<typeof Cache>

const OneCache = z.strictObject({ vaultId: Id })

export const Forecast = z.object({
  /** How much waits, at moments in their order; between two of them it changes evenly. */
  points: z.array(z.object({ at: Instant, bytes: ByteCount })),
  bytesSent: ByteCount,
  /** When nothing waits for the first time. Null: never in these days. */
  emptyAt: Instant.nullable(),
  /** Each week leaves more than the one before. Null: less than two weeks were looked at. */
  isGrowing: z.boolean().nullable(),
})
export type Forecast = z.output<typeof Forecast>

/** As many as anybody reads. */
export const MOST_PREVIEWED = 100

/** What would go if somebody wanted room now, down to the lower mark. As far as anybody has looked what points need. */
export const EvictionPreview = z.object({
  /** What the local tier holds, and what it is to hold at most afterwards. */
  heldBytes: ByteCount,
  targetBytes: ByteCount,
  /** Packs that would go. */
  files: z.int(),
  bytes: ByteCount,
  /** By how much it would stay above the target, as nothing else may go. */
  shortBytes: ByteCount,
  /** What may not go: what hot points need; what the cloud has not got; folders and indexes. */
  keptHotBytes: ByteCount,
  keptUnsentBytes: ByteCount,
  keptFixedBytes: ByteCount,
  /** Hot points of which nobody knows yet what they need: before a run has looked, nothing goes. */
  unlookedPoints: z.int(),
  /** Points of which a part would have to come from the cloud that is here now: how many, and the newest of them. */
  touchedPoints: z.int(),
  points: z
    .array(z.object({ id: Id, set: Reference.nullable(), completedAt: Instant, bytes: ByteCount }))
    .max(MOST_PREVIEWED),
})
export type EvictionPreview = z.output<typeof EvictionPreview>

export const caches = {
  list: operation('view')
    .route({ method: 'GET', path: '/caches', summary: 'All caches', tags: ['CloudCache'] })
    .output(z.object({ items: z.array(Cache) })),
  get: operation('view')
    .route({ method: 'GET', path: '/caches/{vaultId}', summary: 'The cache of a vault', tags: ['CloudCache'] })
    .input(OneCache)
    .output(Cache),
  attach: operation('configure', { isAudited: true })
    .route({
      method: 'POST',
      path: '/caches',
      summary: 'Give a vault a cache on a local disk',
      tags: ['CloudCache'],
      successStatus: 201,
    })
    .input(
      CacheSettings.partial().extend({
        vaultId: Id,
        folder: EntryPath,
        /** Whatever appliance owned the vault's place until now does so no longer. */
        takeOver: z.boolean().optional(),
      }),
    )
    .output(Cache),
  update: operation('configure', { isAudited: true })
    .route({ method: 'PATCH', path: '/caches/{vaultId}', summary: 'Change a cache', tags: ['CloudCache'] })
    .input(CacheSettings.partial().extend({ vaultId: Id }))
    .output(Cache),
  sync: operation('operate', { isAudited: true })
    .route({
      method: 'POST',
      path: '/caches/{vaultId}/sync',
      summary: 'Send what waits now, whatever the windows say',
      tags: ['CloudCache'],
    })
    .input(
      z.strictObject({
        vaultId: Id,
        /** As fast as the window of now allows, or the slowest one where none is open. Else as fast as can be. */
        isLimited: z.boolean().default(true),
      }),
    )
    .output(Run),
  evict: operation('operate', { isAudited: true })
    .route({
      method: 'POST',
      path: '/caches/{vaultId}/evict',
      summary: 'Make room now, down to the lower mark, by what the cloud has and no hot point needs',
      tags: ['CloudCache'],
    })
    .input(OneCache)
    .output(Run),
  evictionPreview: operation('view')
    .route({
      method: 'GET',
      path: '/caches/{vaultId}/eviction',
      summary: 'What would go if somebody made room now',
      tags: ['CloudCache'],
    })
    .input(OneCache)
    .output(EvictionPreview),
  audit: operation('operate', { isAudited: true })
    .route({
      method: 'POST',
      path: '/caches/{vaultId}/audit',
      summary: 'Look now whether the cloud has all that it should have, as is done each day',
      tags: ['CloudCache'],
    })
    .input(OneCache)
    .output(Run),
  takeOver: operation('configure', { isAudited: true })
    .route({
      method: 'POST',
      path: '/caches/{vaultId}/take-over',
      summary: 'Own the vault’s place from now on, whatever appliance does so now',
      tags: ['CloudCache'],
    })
    .input(OneCache)
    .output(Run),
  pause: operation('operate', { isAudited: true })
    .route({
      method: 'POST',
      path: '/caches/{vaultId}/pause',
      summary: 'Send nothing for a while',
      tags: ['CloudCache'],
    })
    .input(z.strictObject({ vaultId: Id, until: Instant.nullable().default(null) }))
    .output(Cache),
  resume: operation('operate', { isAudited: true })
    .route({ method: 'POST', path: '/caches/{vaultId}/resume', summary: 'Send again', tags: ['CloudCache'] })
    .input(OneCache)
    .output(Cache),
  detach: operation('configure', { isAudited: true })
    .route({
      method: 'DELETE',
      path: '/caches/{vaultId}',
      summary: 'Take a cache away, once all that it holds is in the cloud',
      tags: ['CloudCache'],
    })
    .input(
      OneCache.extend({
        /** Its disk is lost: what the cloud has not got is given up. */
        isLost: z.boolean().default(false),
      }),
    )
    .output(Run),
  simulate: operation('view')
    .route({
      method: 'POST',
      path: '/caches/simulate',
      summary: 'How much would wait, with these windows and that much change',
      tags: ['CloudCache'],
    })
    .input(
      z.strictObject({
        windows: CacheSettings.shape.windows,
        bytesPerDay: z.int().min(0),
        backlogBytes: z.int().min(0).default(0),
        days: z.int().min(1).max(90).default(28),
      }),
    )
    .output(Forecast),
}
