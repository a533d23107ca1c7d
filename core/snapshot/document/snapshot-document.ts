import { JsonScanner } from '../json/json-scanner.ts'
import {
  decodeFields,
  encodeFields,
  type Fields,
  ID,
  LIST,
  optional,
  OPTIONAL_COUNT,
  OPTIONAL_ID,
  OPTIONAL_LIST,
  TEXT,
  TIME,
  UINT32,
  UINT64,
} from './codec.ts'
import { Members } from './members.ts'
import type { Snapshot, SnapshotSummary } from './snapshot.ts'

const SUMMARY: Fields<SnapshotSummary> = {
  backupStart: ['backup_start', TIME],
  backupEnd: ['backup_end', TIME],
  filesNew: ['files_new', UINT64],
  filesChanged: ['files_changed', UINT64],
  filesUnmodified: ['files_unmodified', UINT64],
  dirsNew: ['dirs_new', UINT64],
  dirsChanged: ['dirs_changed', UINT64],
  dirsUnmodified: ['dirs_unmodified', UINT64],
  dataBlobs: ['data_blobs', UINT64],
  treeBlobs: ['tree_blobs', UINT64],
  dataAdded: ['data_added', UINT64],
  dataAddedPacked: ['data_added_packed', UINT64],
  totalFilesProcessed: ['total_files_processed', UINT64],
  totalBytesProcessed: ['total_bytes_processed', UINT64],
}

const SNAPSHOT: Fields<Snapshot> = {
  time: ['time', TIME],
  parent: ['parent', OPTIONAL_ID],
  tree: ['tree', ID],
  paths: ['paths', LIST],
  hostname: ['hostname', TEXT],
  username: ['username', TEXT],
  uid: ['uid', UINT32],
  gid: ['gid', UINT32],
  excludes: ['excludes', OPTIONAL_LIST],
  tags: ['tags', OPTIONAL_LIST],
  original: ['original', OPTIONAL_ID],
  programVersion: ['program_version', TEXT],
  summary: ['summary', optional(SUMMARY)],
  filesMissed: ['files_missed', OPTIONAL_COUNT],
}

/** Encodes a snapshot as restic does, field by field in its order. The result is what is compressed, sealed and stored. */
export function encodeSnapshot(snapshot: Snapshot): Buffer {
  return encodeFields(SNAPSHOT, snapshot)
}

/** The summary alone, as it stands in the document. */
export function encodeSummary(summary: SnapshotSummary): Buffer {
  return encodeFields(SUMMARY, summary)
}

/**
 * Reads a snapshot document. `what` names it for messages, with a capital: `Snapshot 3ac5…`.
 * @throws CoreError `repository/damaged`, telling the byte and what is wrong there.
 */
export function decodeSnapshot(bytes: Buffer, what: string): Snapshot {
  const members = new Members(new JsonScanner(bytes, what), 0)
  members.endsDocument()
  return decodeFields(SNAPSHOT, members)
}
