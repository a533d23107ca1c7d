import type { Command } from 'commander'

import { type End, repoCommand, workerCount } from '../repo-command.ts'
import type { CheckCommandOptions } from './check-options.ts'

const HELP = `
Without --read-data everything is checked but the content of files: all indexes, snapshots and folders are read, and
every pack must be there with the right size. Nothing is ever changed. Backups may run at the same time.

With --check-unused each blob is listed that no snapshot needs: its type, its id, and the pack that it is in. Such blobs are
no damage: a prune removes them, or leaves some of them where they are. Further copies of what is needed are counted, not
listed, and what waits to be removed is neither.

Ends with 0 when no damage was found, whatever is unused, with 1 when some was, and with 3 where there is data and not a
single snapshot that needs it: the next prune would remove all of it.

Examples:
  holdfast repo check -r /backup/vault -p pw
  holdfast repo check -r /backup/vault -p pw --read-data
  holdfast repo check -r /backup/vault -p pw --read-data-subset 2/7      every pack once in seven checks
  holdfast repo check -r /backup/vault -p pw --read-data-subset 5%       some packs, at random
  holdfast repo check -r /backup/vault -p pw --check-unused --json
`

export function addCheck(repo: Command, end: End): void {
  repoCommand(repo, 'check', 'look whether everything is there and whole')
    .option('--read-data', 'read every pack and prove every blob')
    .option('--read-data-subset <subset>', 'read some of them: n/t, a percentage, or a size such as 500M')
    .option('--check-unused', 'list each blob that no snapshot needs')
    .option('--no-lock', 'do not lock the repository; nothing may be removed from it meanwhile')
    .option('--workers <count>', 'threads that decrypt and prove', workerCount)
    .addHelpText('after', HELP)
    .action(async (options: CheckCommandOptions) => {
      const { runCheck } = await import('./run-check.ts')
      end(await runCheck(options))
    })
}
