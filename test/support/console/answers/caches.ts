import type { Cache, EvictionPreview, SyncWindow } from '../../../../core/contract/index.ts'
import { isSyncComplete, missingOfSync, simulateSync, syncOverlaps } from '../../../../core/policy/index.ts'
import { refuse } from '../refuse.ts'
import { CALM, NOTHING_HELD } from '../world/caches.ts'
import { GIB, instantAt, NOW } from '../world/ids.ts'
import type { World } from '../world/world.ts'
import { userOf } from './session.ts'
import { type Answers, byId, nameOf, type Stage } from './stage.ts'
import { startRun } from './start-run.ts'

const scheduleOf = (windows: readonly SyncWindow[]) =>
  windows.map(({ bytesPerSecond, ...window }) => ({ ...window, bytesPerSecond: bytesPerSecond ?? undefined }))

/** As the appliance does: windows that overlap are refused once each of them is complete. */
function proven(windows: readonly SyncWindow[]): Pick<Cache, 'missing'> {
  const schedule = scheduleOf(windows)
  const [overlap] = isSyncComplete(schedule) ? syncOverlaps(schedule) : []
  if (overlap) {
    const [one, other] = overlap.windows
    const message = `The windows ${one + 1} and ${other + 1} are open at the same time.`
    throw refuse('BAD_INPUT', 'input/invalid', message, {
      safety: 'Nothing was changed.',
      remedy: 'Let one end where the other begins.',
      fields: [{ path: `sync.${other}.start`, message }],
    })
  }
  return { missing: missingOfSync(schedule) }
}

/** A hundred gibibytes of seven points; of an incomplete cache nothing may go. */
function preview(world: World, { state, held }: Cache): EvictionPreview {
  const here = held === null ? 0 : held.verified.bytes + held.local.bytes + held.uploading.bytes + held.uploaded.bytes
  const points = state === 'incomplete' ? [] : world.points.slice(20, 27)
  const bytes = points.length === 0 ? 0 : 100 * GIB
  return {
    heldBytes: here,
    targetBytes: here - 120 * GIB,
    files: Math.ceil(bytes / (16 * 1024 ** 2)),
    bytes,
    shortBytes: 120 * GIB - bytes,
    keptHotBytes: 610 * GIB,
    keptUnsentBytes: (held?.local.bytes ?? 0) + (held?.uploading.bytes ?? 0),
    keptFixedBytes: 3 * GIB,
    unlookedPoints: 0,
    touchedPoints: points.length,
    points: points.map(({ id, set, completedAt }, index) => ({ id, set, completedAt, bytes: (40 - index * 5) * GIB })),
  }
}

export function answerCaches(stage: Stage): Answers {
  const { world, live } = stage

  function find(vaultId: string): Cache {
    const found = world.caches.find(({ vault }) => vault.id === vaultId)
    if (!found) throw refuse('NOT_FOUND', 'object/not-found', 'There is no such cache.', { object: vaultId })
    return found
  }

  function change(vaultId: string, changes: Partial<Cache>): Cache {
    const cache = { ...find(vaultId), ...changes }
    world.caches = world.caches.map((other) => (other.vault.id === vaultId ? cache : other))
    live.emit({ type: 'changed', kind: 'cache', id: vaultId })
    return cache
  }

  return {
    caches: {
      list: async () => ({ items: world.caches }),
      get: async ({ vaultId }) => find(vaultId),
      attach: async ({ vaultId, folder, windows = [], ...given }) => {
        const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
        const cache: Cache = {
          ...CALM,
          ...proven(windows),
          vault: nameOf(byId(world.vaults, vaultId)),
          folder,
          settings: { ...CALM.settings, ...defined, windows },
          state: windows.length === 0 ? 'incomplete' : 'ready',
          held: NOTHING_HELD,
          syncedAt: null,
        }
        world.caches = [...world.caches, cache]
        live.emit({ type: 'changed', kind: 'cache', id: vaultId })
        return cache
      },
      update: async ({ vaultId, ...given }) => {
        const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
        const settings = { ...find(vaultId).settings, ...defined }
        return change(vaultId, { settings, ...proven(settings.windows) })
      },
      sync: async ({ vaultId }) => {
        const { vault } = find(vaultId)
        const sync = startRun(stage, { kind: 'sync', set: null, vault })
        change(vaultId, { sync, state: 'syncing' })
        return sync
      },
      evictionPreview: async ({ vaultId }) => preview(world, find(vaultId)),
      evict: async ({ vaultId }) => startRun(stage, { kind: 'cache-tidy', set: null, vault: find(vaultId).vault }),
      audit: async ({ vaultId }) => startRun(stage, { kind: 'cache-audit', set: null, vault: find(vaultId).vault }),
      takeOver: async ({ vaultId }) => startRun(stage, { kind: 'cache-build', set: null, vault: find(vaultId).vault }),
      pause: async ({ vaultId, until }, { caller }) =>
        change(vaultId, {
          state: 'paused',
          pausedAt: instantAt(NOW),
          pausedUntil: until,
          pausedBy: userOf(world, caller).name,
          sync: null,
        }),
      resume: async ({ vaultId }) =>
        change(vaultId, { state: 'ready', pausedAt: null, pausedUntil: null, pausedBy: null }),
      detach: async ({ vaultId }) => {
        const { vault } = change(vaultId, { state: 'leaving', sync: null })
        return startRun(stage, { kind: 'cache-detach', set: null, vault })
      },
      simulate: async ({ windows, bytesPerDay, backlogBytes, days }) => {
        proven(windows)
        const schedule = scheduleOf(windows)
        if (!isSyncComplete(schedule)) throw refuse('BAD_INPUT', 'input/invalid', 'It is not complete.', {})
        const { timeZone } = world.settings
        const { points, sentBytes, emptyAt, isGrowing } = simulateSync({
          schedule,
          timeZone,
          from: NOW,
          days,
          backlogBytes,
          change: { bytesPerDay },
        })
        return {
          points: points.map(({ at, bytes }) => ({ at: instantAt(at), bytes })),
          bytesSent: sentBytes,
          emptyAt: emptyAt === undefined ? null : instantAt(emptyAt),
          isGrowing: isGrowing ?? null,
        }
      },
    },
  }
}
