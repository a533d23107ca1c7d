import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export interface DiffOptions extends SnapshotOptions {
  readonly metadata?: boolean
}
