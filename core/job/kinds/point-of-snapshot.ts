import { REPAIRED, type StoredSnapshot, ZERO_TIME } from '../../snapshot/index.ts'
import type { MadePoint } from '../process/report.ts'

const NANOS = 1_000_000n

/** What the catalog keeps of a snapshot. Where it does not say how much there is in it, nobody knows. */
export function pointOfSnapshot(snapshot: StoredSnapshot, kind?: 'full' | 'incremental'): MadePoint {
  const { id, hostname, paths, time, summary, filesMissed, parent, tags } = snapshot
  const startedAt = Number(time.ns / NANOS)
  // RET-3: when it was complete. One that is said to be of another time was so as long after that.
  const took = summary && summary.backupStart.ns !== ZERO_TIME ? summary.backupEnd.ns - summary.backupStart.ns : 0n
  return {
    snapshotId: id,
    host: hostname,
    roots: paths,
    startedAt,
    completedAt: Number((time.ns + (took > 0n ? took : 0n)) / NANOS),
    timeZone: offsetName(time.offsetMinutes),
    kind: kind ?? (parent === undefined ? 'full' : 'incremental'),
    filesMissed: filesMissed ?? 0,
    isComplete: filesMissed === undefined && !tags.includes(REPAIRED),
    files: summary === undefined ? undefined : Number(summary.totalFilesProcessed),
    bytes: summary === undefined ? undefined : Number(summary.totalBytesProcessed),
    bytesAdded: summary === undefined ? undefined : Number(summary.dataAddedPacked),
  }
}

/** `+05:30`. */
function offsetName(minutes: number): string {
  const size = Math.abs(minutes)
  return `${minutes < 0 ? '-' : '+'}${twoDigits(Math.floor(size / 60))}:${twoDigits(size % 60)}`
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
