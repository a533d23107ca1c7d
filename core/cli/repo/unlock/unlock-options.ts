import type { RepoOptions } from '../session/repo-options.ts'

export interface UnlockOptions extends RepoOptions {
  readonly removeAll?: boolean
}
