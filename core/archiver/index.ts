/**
 * The archiver makes snapshots of sources.
 *
 * - **Backup**: one run, from the source to a stored snapshot.
 * - **Missed file**: something that should have been read and was not; the run then ends as a warning.
 * - **Estimate**: what there is to back up, counted beside the backup.
 * - **Image**: a disk, of which only blocks that have changed are read where it is known which.
 */
export type { BackupOptions, BackupProgress, MissedPolicy } from './backup-options.ts'
export { type BackupResult, backUp } from './backup.ts'
export { type ArchiveThreads, startArchiveThreads } from './archive-threads.ts'
export type { Estimate } from './estimate.ts'
export type { Figures } from './figures.ts'
export type { MissedFile } from './messages.ts'
export { type MissedLog, openMissedLog } from './missed-log.ts'
export {
  backUpImage,
  type ChangedAreas,
  type ImageBackupOptions,
  type ImageBegin,
  type ImageProgress,
  type ImageResult,
} from './image/back-up-image.ts'
export { openLastMade } from './image/last-made.ts'
export { type ImageThreads, startImageThreads } from './image/image-threads.ts'
