/**
 * The restorer brings a snapshot back as files; or as a stream of bytes, for whoever takes them away.
 *
 * - **File set**: so many entries as are restored at a time, in the order of the snapshot (FS-24). Within one, each
 *   pack is read once, and several at the same time.
 * - **Overwrite**: what happens to a file that is there already.
 * - **Archive**: a folder of a snapshot, with all below it, in tar's format.
 */
export type { Overwrite } from './overwrite.ts'
export { refuseRepository } from './refuse-repository.ts'
export type { RestoreProgress } from './progress.ts'
export { type RestoreThreads, startRestoreThreads } from './restore-threads.ts'
export type { RestoreOptions, RestoreProblem } from './restore-options.ts'
export { restore, type Restored } from './restore.ts'
export {
  type ImageRestored,
  type ImageRestoreOptions,
  type ImageRestoreProgress,
  restoreImage,
} from './image/restore-image.ts'
export { type ImageRestoreThreads, startImageRestoreThreads } from './image/image-restore-threads.ts'
export type { DamagedArea } from './image/image-survey.ts'
export { streamFile, type StreamOptions } from './stream/stream-file.ts'
export { streamArchive, type StreamArchiveOptions } from './tar/stream-archive.ts'
export { type ArchivedFolder, writeArchive } from './tar/write-archive.ts'
