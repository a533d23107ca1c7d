/** Options that every command on a repository takes. */
export interface RepoOptions {
  readonly repo?: string | undefined
  readonly repositoryFile?: string | undefined
  readonly passwordFile?: string | undefined
  readonly passwordCommand?: string | undefined
  readonly json?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly lock?: boolean | undefined
  readonly retryLock?: number | undefined
}
