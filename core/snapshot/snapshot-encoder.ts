import { type ZonedTime, formatTime } from './json/go-time.ts'
import { goJsonText } from './json/json-string.ts'
import type { Snapshot, SnapshotSummary } from './snapshot.ts'

/**
 * Encodes a snapshot document as restic does, field by field in its order; what is zero or empty is left out but for
 * time, tree and paths. The result is what is compressed, sealed and stored.
 */
export function encodeSnapshot(snapshot: Snapshot): Buffer {
  const { time, parent, tree, paths, hostname, username, uid, gid, excludes, tags, original, summary } = snapshot
  return object(
    [
      member('time', timeText(time)),
      parent !== undefined && member('parent', goJsonText(parent)),
      member('tree', goJsonText(tree)),
      member('paths', list(paths)),
      hostname !== '' && member('hostname', goJsonText(hostname)),
      username !== '' && member('username', goJsonText(username)),
      uid !== 0 && member('uid', String(uid)),
      gid !== 0 && member('gid', String(gid)),
      excludes.length > 0 && member('excludes', list(excludes)),
      tags.length > 0 && member('tags', list(tags)),
      original !== undefined && member('original', goJsonText(original)),
      snapshot.programVersion !== '' && member('program_version', goJsonText(snapshot.programVersion)),
      summary !== undefined && Buffer.concat([Buffer.from('"summary":'), encodeSummary(summary)]),
    ],
    snapshot.unknown,
  )
}

function encodeSummary(summary: SnapshotSummary): Buffer {
  return object(
    [
      member('backup_start', timeText(summary.backupStart)),
      member('backup_end', timeText(summary.backupEnd)),
      member('files_new', String(summary.filesNew)),
      member('files_changed', String(summary.filesChanged)),
      member('files_unmodified', String(summary.filesUnmodified)),
      member('dirs_new', String(summary.dirsNew)),
      member('dirs_changed', String(summary.dirsChanged)),
      member('dirs_unmodified', String(summary.dirsUnmodified)),
      member('data_blobs', String(summary.dataBlobs)),
      member('tree_blobs', String(summary.treeBlobs)),
      member('data_added', String(summary.dataAdded)),
      member('data_added_packed', String(summary.dataAddedPacked)),
      member('total_files_processed', String(summary.totalFilesProcessed)),
      member('total_bytes_processed', String(summary.totalBytesProcessed)),
    ],
    summary.unknown,
  )
}

/** Members that are false are left out. */
function object(members: readonly (Buffer | false)[], unknown: Buffer | undefined): Buffer {
  const parts: Buffer[] = []
  for (const part of members) if (part !== false) parts.push(parts.length === 0 ? OPEN : COMMA, part)
  if (unknown !== undefined && unknown.length > 0) parts.push(COMMA, unknown)
  return Buffer.concat([...parts, CLOSE])
}

const OPEN = Buffer.from('{')
const CLOSE = Buffer.from('}')
const COMMA = Buffer.from(',')

function member(key: string, value: string): Buffer {
  return Buffer.from(`"${key}":${value}`)
}

function list(texts: readonly string[]): string {
  return `[${texts.map(goJsonText).join(',')}]`
}

function timeText(time: ZonedTime): string {
  return `"${formatTime(time)}"`
}
