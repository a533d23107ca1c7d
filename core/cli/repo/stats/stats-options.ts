import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export type StatsMode = 'restore-size' | 'files-by-contents' | 'blobs-per-file' | 'raw-data'

export interface StatsOptions extends SnapshotOptions {
  readonly mode: StatsMode
}
