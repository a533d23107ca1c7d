import type { SnapshotOptions } from '../lookup/snapshot-options.ts'
import type { FromOptions } from '../session/from-options.ts'

export interface CopyOptions extends SnapshotOptions, FromOptions {
  readonly dryRun?: boolean
  readonly compression: string
  readonly workers?: number
}
