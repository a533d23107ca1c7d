/**
 * The archiver makes snapshots of sources.
 *
 * - **Backup**: one run, from the source to a stored snapshot.
 * - **Missed file**: something that should have been read and was not; the run then ends as a warning.
 * - **Estimate**: what there is to back up, counted beside the backup.
 */
export { type BackupOptions, type BackupProgress, type BackupResult, backUp, type MissedPolicy } from './backup.ts'
export { type ArchiveThreads, startArchiveThreads } from './archive-threads.ts'
export type { Estimate } from './estimate.ts'
export type { Figures } from './figures.ts'
export type { MissedFile } from './messages.ts'
export { type MissedLog, openMissedLog } from './missed-log.ts'
