import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export interface DumpOptions extends SnapshotOptions {
  readonly target?: string
}
