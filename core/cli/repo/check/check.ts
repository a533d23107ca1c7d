import type { Command } from 'commander'

import { type End, repoCommand, workerCount } from '../repo-command.ts'
import type { RepoOptions } from '../session.ts'

export interface CheckCommandOptions extends RepoOptions {
  readonly readData?: boolean
  readonly readDataSubset?: string
  readonly workers?: number
}

const HELP = `
Without --read-data everything is checked but the content of files: all indexes, snapshots and folders are read, and
every pack must be there with the right size. Nothing is ever changed. Backups may run at the same time.

Ends with 0 when no damage was found, with 1 when some was.

Examples:
  holdfast repo check -r /backup/vault -p pw
  holdfast repo check -r /backup/vault -p pw --read-data
  holdfast repo check -r /backup/vault -p pw --read-data-subset 2/7      every pack once in seven checks
  holdfast repo check -r /backup/vault -p pw --read-data-subset 5%       some packs, at random
`

export function addCheck(repo: Command, end: End): void {
  repoCommand(repo, 'check', 'look whether everything is there and whole')
    .option('--read-data', 'read every pack and prove every blob')
    .option('--read-data-subset <subset>', 'read some of them: n/t, a percentage, or a size such as 500M')
    .option('--no-lock', 'do not lock the repository; nothing may be removed from it meanwhile')
    .option('--workers <count>', 'threads that decrypt and prove', workerCount)
    .addHelpText('after', HELP)
    .action(async (options: CheckCommandOptions) => {
      const { runCheck } = await import('./run-check.ts')
      end(await runCheck(options))
    })
}
