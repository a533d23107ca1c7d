/**
 * A snapshot is what a source looked like at one moment, in restic's format. This room turns it into bytes and back.
 *
 * - **Node**: a file system entry: its name, its metadata, and where its content is.
 * - **Tree**: the list of a folder's nodes, in the order of their names' bytes. Stored as a blob.
 * - **Snapshot**: the document that names the root tree, and says when, where and from what it was made.
 * - **Parent**: the earlier snapshot of the same source that unchanged files are taken from.
 */
export { findNode } from './tree/find-node.ts'
export { quote } from './json/go-quote.ts'
export { goModeFromUnix, nodeTypeOfGoMode, unixModeFromGo } from './tree/go-file-mode.ts'
export { ZERO_TIME, type ZonedTime, formatTime, parseTime } from './json/go-time.ts'
export { LONGEST_PATH, tooDeep } from './tree/longest-path.ts'
export { LARGEST_TREE } from './tree/largest-tree.ts'
export { linkedFileKey } from './tree/linked-file.ts'
export type { ExtendedAttribute, Node, NodeType } from './tree/node.ts'
export { compareNames, isNodeName } from './tree/node-name.ts'
export { type BackupIdentity, chooseParent } from './parent-snapshot.ts'
export type { Snapshot, SnapshotSummary, StoredSnapshot } from './document/snapshot.ts'
export { decodeSnapshot, encodeSnapshot } from './document/snapshot-document.ts'
export { type SnapshotFilter, compareSnapshots, findSnapshot, fitsFilter, newestOf } from './snapshot-filter.ts'
export { type TagList, parseTagList } from './tag-list.ts'
export {
  createTreeMatcher,
  type Match,
  type MatchedTree,
  type Owners,
  type TreeMatcher,
} from './matcher/tree-matcher.ts'
export { readNode } from './tree/read-node.ts'
export { type ContentStat, type MetadataStat, TreeReader } from './tree/tree-reader.ts'
export { TreeWriter } from './tree/tree-writer.ts'
export { loadNamedSnapshot, loadSnapshot, loadSnapshots, type LoadSnapshotsOptions } from './load-snapshots.ts'
