import type { SnapshotOptions } from '../lookup/snapshot-options.ts'
import type { ExcludeOptions } from '../patterns/exclude-options.ts'

export interface RewriteOptions extends SnapshotOptions, ExcludeOptions {
  readonly forget?: boolean
  readonly dryRun?: boolean
}
