import type { SnapshotOptions } from '../lookup/snapshot-options.ts'

export interface FindOptions extends SnapshotOptions {
  readonly ignoreCase?: boolean
  readonly oldest?: string
  readonly newest?: string
  readonly snapshot?: readonly string[]
  readonly blob?: boolean
  readonly tree?: boolean
  readonly long?: boolean
  readonly humanReadable?: boolean
  readonly reverse?: boolean
}
