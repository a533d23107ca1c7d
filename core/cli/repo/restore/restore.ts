import { type Command, InvalidArgumentError, Option } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { excludeOptions } from '../patterns/exclude-options.ts'
import { collect, type End, repoCommand, workerCount } from '../repo-command.ts'
import type { RestoreCommandOptions } from './restore-options.ts'

const HELP = `
SNAPSHOT is an id, its first digits, or "latest": the newest of any host and folder, unless --host, --tag or --path say
more. With ":/folder" only what is in that folder is restored.

A restore that was interrupted is simply started again: what is right already is not fetched a second time, and in a
file that is there only what differs is written (--overwrite always). With --overwrite never and if-newer files have
their names only when they are whole; until then they are called .holdfast-part-…

Exit codes: 0 all restored, 1 something was not, 3 all content is back but not all owners, modes, times or attributes,
or nothing fits the patterns.

Examples:
  holdfast repo restore -r /backup/vault -p pw latest --target /restored
  holdfast repo restore -r /backup/vault -p pw 3ac5f2d1:/home/ada --target /home/ada --verify
  holdfast repo restore -r /backup/vault -p pw latest --target / --include /etc/fstab
`

export function addRestore(repo: Command, end: End): void {
  const command = snapshotOptions(
    repoCommand(repo, 'restore <snapshot>', 'bring a snapshot, or a part of it, back as files'),
    'for "latest": only snapshots',
  )
    .option('-t, --target <folder>', 'where to restore to')
    .addOption(new Option('--original', 'restore to where everything was, the same as --target /').conflicts('target'))
    .option('-i, --include <pattern>', 'restore only what fits (may be given several times)', collect)
    .option('--iinclude <pattern>', 'the same, whether upper or lower case', collect)
    .option('--include-file <file>', 'patterns to include from a file, one a line', collect)
    .option('--iinclude-file <file>', 'the same, whether upper or lower case', collect)
  excludeOptions(command, 'restore all but what fits')
    .option('--overwrite <when>', 'files that are there: always, if-changed, if-newer or never', overwrite, 'always')
    .option('--sparse', 'leave holes where files have runs of zeros')
    .option('--verify', 'read every restored file again')
    .option('-n, --dry-run', 'count what would be restored, write nothing')
    .option('--workers <count>', 'threads that decrypt and write', workerCount)
    .addHelpText('after', HELP)
    .action(async (snapshot: string, options: RestoreCommandOptions) => {
      const { runRestore } = await import('./run-restore.ts')
      end(await runRestore(snapshot, options))
    })
}

function overwrite(text: string): string {
  if (['always', 'if-changed', 'if-newer', 'never'].includes(text)) return text
  throw new InvalidArgumentError('Give always, if-changed, if-newer or never.')
}
