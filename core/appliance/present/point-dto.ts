import type { Point, PointEntry, RestorableFrom } from '../../contract/index.ts'
import type { PointRow } from '../../database/index.ts'
import { temperatureOf } from '../../policy/index.ts'
import type { EntryRow } from '../../reader/index.ts'
import { formatTime } from '../../snapshot/index.ts'
import type { PointSource } from '../caches/point-sources.ts'
import { instant, instantOrNull } from './instant.ts'
import type { Names } from './names.ts'

export function pointDto(row: PointRow, names: Names, now: number, source: PointSource | undefined): Point {
  return {
    id: row.id,
    snapshotId: row.snapshot_id,
    vault: names.vault(row.vault_id),
    set: names.set(row.set_id),
    runId: row.run_id,
    host: row.host,
    roots: JSON.parse(row.roots) as string[],
    startedAt: instant(row.started_at),
    completedAt: instant(row.completed_at),
    timeZone: row.time_zone,
    kind: row.kind,
    isComplete: row.is_complete === 1,
    filesMissed: row.files_missed,
    files: row.files,
    bytes: row.bytes,
    bytesAdded: row.bytes_added,
    temperature: temperatureOf(
      { completed: row.completed_at, isInCache: source?.from === 'cache' || source?.from === 'both' },
      now,
    ),
    restorableFrom: source === undefined ? null : sourceDto(source),
    keptUntil: instantOrNull(row.kept_until),
  }
}

function sourceDto({ from, isOffSite, offSiteAt, bytesInCloudOnly, bytesInCacheOnly }: PointSource): RestorableFrom {
  return {
    from,
    isOffSite,
    offSiteAt: instantOrNull(offSiteAt),
    bytesInCloudOnly: bytesInCloudOnly ?? null,
    bytesInCacheOnly: bytesInCacheOnly ?? null,
  }
}

export function pointEntryDto({ name, path, type, size, mtime, mode, owner, group, linkTarget }: EntryRow): PointEntry {
  return {
    name,
    path,
    type,
    size: size === undefined ? null : String(size),
    modifiedAt: formatTime({ ns: mtime, offsetMinutes: 0 }),
    mode,
    owner,
    group,
    linkTarget: linkTarget ?? null,
  }
}
