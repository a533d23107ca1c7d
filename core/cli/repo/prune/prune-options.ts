import type { RepoOptions } from '../session/repo-options.ts'

/** How far a prune goes, as it is given. */
export interface LimitOptions {
  readonly maxUnused?: string
  readonly maxRepackSize?: string
  readonly packSize?: number
  readonly repackSmall?: boolean
  readonly repackUncompressed?: boolean
  readonly grace?: number
}

export interface PruneOptions extends RepoOptions, LimitOptions {
  readonly yes?: boolean
  readonly dryRun?: boolean
  readonly workers?: number
}
