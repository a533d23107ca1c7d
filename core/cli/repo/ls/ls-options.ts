import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export interface LsOptions extends SnapshotOptions {
  readonly long?: boolean
  readonly humanReadable?: boolean
  readonly recursive?: boolean
}
