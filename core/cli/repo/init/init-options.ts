import type { FromOptions } from '../session/from-options.ts'
import type { RepoOptions } from '../session/repo-options.ts'

export interface InitCommandOptions extends RepoOptions, FromOptions {
  readonly copyChunkerParams?: boolean
}
