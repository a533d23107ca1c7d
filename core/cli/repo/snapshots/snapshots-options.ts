import type { GroupKey } from '../../../snapshot/index.ts'
import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export interface SnapshotsOptions extends SnapshotOptions {
  readonly latest?: number
  readonly compact?: boolean
  readonly groupBy?: readonly GroupKey[]
}
