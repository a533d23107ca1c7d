/**
 * A source is what is protected.
 *
 * - **Root**: a path that a source protects, with all below it. Its **identity** tells whether it is still the same.
 * - **Prepared source**: a source made ready for one run, with the place where each root is to be read.
 * - **Image**: a whole disk, as a raw file or a block device, which is read block by block.
 * - **Missed file**: an entry that should have been read and could not be: `source/unreadable`.
 */
export { openEntryReader } from './open-reader.ts'
export type {
  EntryReader,
  FileServerDescriptor,
  PreparedRoot,
  PreparedSource,
  ReaderDescriptor,
  Source,
} from './source.ts'
export { type AttributeReader, createAttributeReader } from './file-server/attribute-reader.ts'
export type { DataExtent } from './file-server/content.ts'
export { openFileServerReader } from './file-server/file-server-reader.ts'
export { createFileServerSource } from './file-server/file-server-source.ts'
export type { FolderAddress, RootEntry } from './file-server/folder-address.ts'
export type { OpenFile } from './file-server/open-file.ts'
export type { OpenFolder } from './file-server/open-folder.ts'
export { type OwnerFiles, type OwnerNames, readOwnerNames } from './file-server/owner-names.ts'
export { findRoots, isMissing } from './file-server/missing-roots.ts'
export { identifyRoot, isEmptyFolder, type RootIdentity, verifyRoot } from './file-server/root-identity.ts'
export { readBlock } from './image/block-reader.ts'
export { type DiskArea, readAreas } from './image/changed-areas.ts'
export { type ImageSource, openImageSource, reopenImageSource } from './image/image-source.ts'
export { isZeros } from './image/zeros.ts'
