import type { RepoOptions } from '../session/repo-options.ts'

export interface CheckCommandOptions extends RepoOptions {
  readonly readData?: boolean
  readonly readDataSubset?: string
  readonly checkUnused?: boolean
  readonly workers?: number
}
