/**
 * The target of a restore: a folder that entries are made in, and nothing outside of it is ever touched; or a file or
 * device that a disk is written to.
 */
export { type AlignedMemory, createAlignedMemory } from './aligned-memory.ts'
export { DIRECT_BLOCK, type DirectFile, openDirect } from './direct-file.ts'
export type { LikenessLoss } from './take-after.ts'
export { type MediumReader, openMediumReader } from './medium-reader.ts'
export { type ImageTarget, type ImageTargetOptions, openImageTarget } from './image-target.ts'
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
} from './make.ts'
export { createMetadataWriter, type Metadata, type MetadataLoss, type MetadataWriter } from './metadata.ts'
export { newPartMark, partName, publishPart, removeLeftParts } from './part-file.ts'
export type { Room } from './room.ts'
export { spoilTimes } from './spoil-times.ts'
export { type FolderOwner, giveBack, takeOver } from './take-over.ts'
export { targetError } from './target-error.ts'
export { openTargetTree, type TargetTree, type TargetTreeOptions } from './target-tree.ts'
