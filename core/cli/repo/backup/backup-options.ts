import type { ExcludeOptions } from '../patterns/exclude-options.ts'
import type { RepoOptions } from '../session/repo-options.ts'

export interface BackupCommandOptions extends RepoOptions, ExcludeOptions {
  readonly excludeIfPresent?: readonly string[]
  readonly excludeCaches?: boolean
  readonly excludeLargerThan?: string
  readonly oneFileSystem?: boolean
  readonly skipNamesNotUtf8?: boolean
  readonly filesFrom?: readonly string[]
  readonly filesFromVerbatim?: readonly string[]
  readonly filesFromRaw?: readonly string[]
  readonly tag?: readonly string[]
  readonly host?: string
  readonly time?: string
  readonly parent?: string
  readonly force?: boolean
  readonly ignoreInode?: boolean
  readonly ignoreCtime?: boolean
  readonly missed: 'retry-at-end' | 'next-run'
  readonly logDir?: string
  readonly scan: boolean
  readonly scanFirst?: boolean
  readonly dryRun?: boolean
  readonly compression: string
  readonly packSize?: number
  readonly workers?: number
}
