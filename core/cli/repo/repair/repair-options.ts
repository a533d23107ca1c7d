import type { SnapshotOptions } from '../lookup/snapshot-options.ts'
import type { RepoOptions } from '../session/repo-options.ts'

export interface RepairIndexCommandOptions extends RepoOptions {
  readonly readAllPacks?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
}

export interface RepairPacksCommandOptions extends RepoOptions {
  readonly dryRun?: boolean
  readonly workers?: number
}

export interface RepairSnapshotsOptions extends SnapshotOptions {
  readonly forget?: boolean
  readonly dryRun?: boolean
  readonly yes?: boolean
}
