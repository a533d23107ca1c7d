import type { Cache, Run } from '../../../../core/contract/index.ts'
import type { Configuration } from './configuration.ts'
import { DAY, GIB, HOUR, idOf, instantAt, MINUTE, NOW } from './ids.ts'

const MEGABIT = 125_000
const held = (gibibytes: number): { files: number; bytes: number } => ({
  files: Math.ceil(gibibytes * 64),
  bytes: gibibytes * GIB,
})

export const NOTHING_HELD = {
  local: held(0),
  uploading: held(0),
  uploaded: held(0),
  verified: held(0),
  evicted: held(0),
  deletions: 0,
}

/** One that is complete, and of which everything is in the cloud. */
export const CALM: Omit<Cache, 'vault'> = {
  folder: '/srv/cache/main',
  settings: {
    capacityBytes: 2000 * GIB,
    highMark: 90,
    lowMark: 75,
    hotDays: 14,
    windows: [
      { weekdays: [1, 2, 3, 4, 5], start: '20:00', minutes: 600, bytesPerSecond: 200 * MEGABIT },
      { weekdays: [6, 7], start: '06:00', minutes: 1440, bytesPerSecond: 500 * MEGABIT },
    ],
  },
  state: 'ready',
  problem: null,
  missing: [],
  held: { ...NOTHING_HELD, verified: held(1210), evicted: held(5300) },
  bytesFree: 1400 * GIB,
  pausedAt: null,
  pausedUntil: null,
  pausedBy: null,
  openWindow: null,
  nextWindow: {
    opensAt: instantAt(NOW + 5 * HOUR - 7 * MINUTE),
    closesAt: instantAt(NOW + 29 * HOUR - 7 * MINUTE),
    bytesPerSecond: 500 * MEGABIT,
  },
  offSiteAt: null,
  syncedAt: instantAt(NOW - 3 * HOUR),
  sync: null,
  syncBytesPerSecond: null,
}

/** As `CALM`, and in the middle of a night: half of what came is sent. */
function busy(runs: readonly Run[], vault: Cache['vault']): Cache {
  const template = runs[0]
  if (!template) throw new Error('a sync needs a run')
  const sync: Run = {
    ...template,
    id: idOf(6, 19_999),
    kind: 'sync',
    state: 'running',
    trigger: 'schedule',
    set: null,
    vault,
    startedAt: instantAt(NOW - 40 * MINUTE),
    progress: {
      step: 'sync',
      filesDone: 3700,
      filesTotal: 9200,
      bytesDone: 58 * GIB,
      bytesTotal: 144 * GIB,
      bytesStored: 58 * GIB,
      bytesPerSecond: 193 * MEGABIT,
      secondsLeft: 3810,
      isEstimate: true,
    },
  }
  return {
    ...CALM,
    vault,
    state: 'syncing',
    held: {
      local: held(84),
      uploading: held(2),
      uploaded: held(14),
      verified: held(1210),
      evicted: held(5300),
      deletions: 12,
    },
    openWindow: {
      opensAt: instantAt(NOW - 7 * HOUR - 7 * MINUTE),
      closesAt: instantAt(NOW + 3 * HOUR - 7 * MINUTE),
      bytesPerSecond: 200 * MEGABIT,
    },
    offSiteAt: instantAt(NOW + 65 * MINUTE),
    syncedAt: instantAt(NOW - DAY),
    sync,
    syncBytesPerSecond: 200 * MEGABIT,
  }
}

/** Of the first vault; in a world that is not calm the second one has one, too, of which nobody has said when it sends. */
export function makeCaches(
  { vaults }: Pick<Configuration, 'vaults'>,
  runs: readonly Run[],
  { isCalm }: { readonly isCalm: boolean },
): Cache[] {
  const [main, archive] = vaults.map(({ id, name }) => ({ id, name }))
  if (!main || !archive) return []
  if (isCalm) return [{ ...CALM, vault: main }]
  const incomplete: Cache = {
    ...CALM,
    vault: archive,
    folder: '/srv/cache/archive',
    settings: { ...CALM.settings, capacityBytes: null, windows: [] },
    state: 'incomplete',
    missing: ['schedule', 'bandwidth'],
    held: { ...NOTHING_HELD, local: held(310) },
    nextWindow: null,
    syncedAt: null,
  }
  return [busy(runs, main), incomplete]
}
