import type { SnapshotOptions } from '../lookup/snapshot-options.ts'
import type { RepoOptions } from '../session/repo-options.ts'

export interface ImageBackupCommandOptions extends RepoOptions {
  readonly name: string
  readonly changed?: string
  readonly tag?: readonly string[]
  readonly host?: string
  readonly time?: string
  readonly parent?: string
  readonly dryRun?: boolean
  readonly compression: string
  readonly packSize?: number
  readonly workers?: number
}

export interface ImageRestoreCommandOptions extends SnapshotOptions {
  readonly name: string
  readonly target: string
  readonly overwrite?: boolean
  readonly verify?: boolean
  readonly skipDamaged?: boolean
  readonly workers?: number
}
