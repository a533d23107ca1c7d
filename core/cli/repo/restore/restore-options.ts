import type { SnapshotOptions } from '../lookup/snapshot-options.ts'
import type { ExcludeOptions } from '../patterns/exclude-options.ts'

export interface RestoreCommandOptions extends SnapshotOptions, ExcludeOptions {
  readonly target?: string
  readonly original?: boolean
  readonly include?: readonly string[]
  readonly iinclude?: readonly string[]
  readonly includeFile?: readonly string[]
  readonly iincludeFile?: readonly string[]
  readonly overwrite: 'always' | 'if-changed' | 'if-newer' | 'never'
  readonly sparse?: boolean
  readonly verify?: boolean
  readonly dryRun?: boolean
  readonly workers?: number
}
