import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export interface TagOptions extends SnapshotOptions {
  readonly add?: readonly string[]
  readonly remove?: readonly string[]
  readonly set?: readonly string[]
  readonly dryRun?: boolean
}
