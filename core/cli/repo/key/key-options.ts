import type { RepoOptions } from '../session/repo-options.ts'

export interface KeyOptions extends RepoOptions {
  readonly newPasswordFile?: string
  readonly host?: string
  readonly user?: string
}
