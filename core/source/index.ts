/**
 * A source is what is protected. Everything that touches a protected file system, or the one that a restore writes to,
 * is in this room.
 *
 * - **Root**: a path that a source protects, with all below it. Its **identity** tells whether it is still the same.
 * - **Prepared source**: a source made ready for one run, with the place where each root is to be read.
 * - **Entry**: a file, folder, symbolic link, FIFO or device.
 * - **Byte string**: a name or path as a string of one character for each byte; names need not be UTF-8.
 * - **Missed file**: an entry that should have been read and could not be: `source/unreadable`.
 * - **Selection**: what a backup leaves out, or a restore takes, by restic's patterns.
 * - **Target tree**: the folder that a restore writes to. Nothing outside of it is ever touched.
 */
export type { EntryReader, FileServerDescriptor, PreparedRoot, PreparedSource, Source } from './source.ts'
export {
  type Attribute,
  type AttributeProblem,
  type AttributeReader,
  type AttributeWriter,
  createAttributeReader,
} from './file-server/attributes.ts'
export { type ByteString, isUtf8Name, joinPath, printable, toByteString } from './file-server/byte-string.ts'
export type { DataExtent } from './file-server/content.ts'
export { descriptorPath } from './file-server/entry-path.ts'
export { openFileServerReader } from './file-server/file-server-reader.ts'
export { createFileServerSource } from './file-server/file-server-source.ts'
export {
  makeFile,
  makeFolder,
  makeHardLink,
  makeNode,
  makeSymlink,
  openForComparing,
  openForWriting,
  readSymlink,
  removeEntry,
  statTarget,
} from './file-server/make.ts'
export { createMetadataWriter, type Metadata, type MetadataLoss, type MetadataWriter } from './file-server/metadata.ts'
export type { OpenFile } from './file-server/open-file.ts'
export type { FolderAddress, RootEntry } from './file-server/folder-address.ts'
export type { EntryFacts, EntryLook } from './file-server/entry-look.ts'
export type { OpenFolder } from './file-server/open-folder.ts'
export { type OwnerFiles, type OwnerNames, readOwnerNames } from './file-server/owner-names.ts'
export { identifyRoot, isEmptyFolder, type RootIdentity, verifyRoot } from './file-server/root-identity.ts'
export type { ComponentTest } from './file-server/selection/component.ts'
export { type Environment, readExcludeFile } from './file-server/selection/exclude-file.ts'
export type { TagProblem } from './file-server/selection/folder-tag.ts'
export {
  createRestoreSelection,
  type RestoreSelection,
  type RestoreSelectionOptions,
} from './file-server/selection/restore-selection.ts'
export { createSelection, type Selection, type SelectionOptions } from './file-server/selection/selection.ts'
export { parseSize } from './file-server/selection/size.ts'
export { type AttributeTarget, openSystemCalls, type SystemCalls } from './file-server/system-calls.ts'
export { type FolderOwner, giveBack, takeOver } from './file-server/take-over.ts'
export { targetError } from './file-server/target-error.ts'
export { openTargetTree, type TargetTree, type TargetTreeOptions } from './file-server/target-tree.ts'
export { type EntryKind, type EntryStat, kindOf, mayHaveHoles } from './file-server/walk.ts'
