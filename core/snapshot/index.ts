/**
 * A snapshot is what a source looked like at one moment, in restic's format. This room turns it into bytes and back.
 *
 * - **Node**: a file system entry: its name, its metadata, and where its content is.
 * - **Tree**: the list of a folder's nodes, in the order of their names' bytes. Stored as a blob.
 * - **Snapshot**: the document that names the root tree, and says when, where and from what it was made.
 * - **Image**: a disk in a snapshot: its description and its extents, which are files of blocks.
 * - **Parent**: the earlier snapshot of the same source that unchanged files are taken from.
 */
export { formatEntryPath, parseEntryPath } from './tree/entry-path.ts'
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
export { type GroupKey, groupSnapshots, newestOfEach, type SnapshotGroup } from './snapshot-groups.ts'
export { type ChangeSigns, type DiffVisitor, diffTrees } from './diff/diff-trees.ts'
export type { DiffTotals, SideTotals } from './diff/diff-totals.ts'
export { createTreeSearch, type TreeQuery } from './find/tree-search.ts'
export { createWantedIds, type WantedIds } from './find/wanted-ids.ts'
export { type TagList, parseTagList } from './tags/tag-list.ts'
export { changedTags, type TagChange } from './tags/changed-tags.ts'
export { retagSnapshot } from './tags/retag-snapshot.ts'
export { rewrittenDocument } from './rewrites/rewritten-document.ts'
export { copiedDocument } from './copies/copied-document.ts'
export { type CopyFinder, createCopyFinder } from './copies/find-copy.ts'
export {
  createTreeMatcher,
  type Match,
  type MatchedTree,
  type Owners,
  type TreeMatcher,
} from './matcher/tree-matcher.ts'
export { readNode } from './tree/read-node.ts'
export { type ContentStat, type MetadataStat, TreeReader } from './tree/tree-reader.ts'
export { createHeldTrees, type HeldLevel, type HeldTrees } from './tree/held-trees.ts'
export { type TreeVisitor, walkTree } from './tree/walk-tree.ts'
export { TreeWriter } from './tree/tree-writer.ts'
export { loadNamedSnapshot, loadSnapshot, loadSnapshots, type LoadSnapshotsOptions } from './load-snapshots.ts'
export {
  blockCount,
  blockLength,
  blockLengthInDisk,
  blocksOf,
  BLOCK_SIZES,
  chooseLayout,
  type DiskLayout,
  extentCount,
  extentLength,
  keepLayout,
  LARGEST_DISK,
} from './image/disk-layout.ts'
export { encodeDiskDocument } from './image/disk-document.ts'
export { DESCRIPTOR, DISK_DOCUMENT, diskPath, EXTENT_FILE, extentFolder, EXTENTS } from './image/image-names.ts'
export { isDisk } from './image/is-disk.ts'
export {
  type ExtentContent,
  findBlock,
  type ImageReaderParts,
  readDisk,
  readExtent,
  readImage,
  type StoredExtent,
  type StoredImage,
} from './image/read-image.ts'
export { REPAIRED } from './tags/repaired.ts'
