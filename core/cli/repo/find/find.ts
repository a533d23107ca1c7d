import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { collect, type End, repoCommand } from '../repo-command.ts'
import type { FindOptions } from './find-options.ts'

const HELP = `
A PATTERN is restic's: without a slash it is for one name on an entry's path, so that a folder brings all that is in it;
"a/b" for names that follow each other; from the root on with a slash before it. * ? [a-z] stand for characters, ** for any
folders. An entry is found that one of the patterns fits. Put them into quotes, or the shell takes them.

With --blob or --tree PATTERN is the id of a piece of content or of a folder's list, or its first digits: every file and
folder that needs it is found, which tells what a damaged one costs.

Times are such as 2026-11-20, "2026-11-20 22:00", "20.11.2026 22:00:30" or "2026-11-20 22:00:30 +0100"; local without a zone.

The oldest snapshot comes first and the newest last. With --json each snapshot in which something was found is a line with
restic's members (with --blob and --tree: each place is); the last line is the summary. Folders that cannot be read are
named in warnings, each once, and the exit code is 3.

Examples:
  holdfast repo find -r /backup/vault -p pw 'report*.odt' --newest 2026-11-20
  holdfast repo find -r /backup/vault -p pw --ignore-case --long --snapshot latest /home/ada/pictures
  holdfast repo find -r /backup/vault -p pw --blob 420f620f
`

export function addFind(repo: Command, end: End): void {
  const command = repoCommand(repo, 'find <pattern...>', 'find entries in snapshots, or what needs a blob')
    .option('-i, --ignore-case', 'take upper and lower case for the same')
    .option('-O, --oldest <time>', 'only entries that were changed then or later')
    .option('-N, --newest <time>', 'only entries that were changed then or before')
    .option('-s, --snapshot <id>', 'only in this snapshot (may be given several times; "latest" too)', collect)
    .option('--blob', 'what is looked for are ids of data blobs')
    .option('--tree', 'what is looked for are ids of trees')
    .option('-l, --long', 'mode, owner, group, size and time too')
    .option('--human-readable', 'sizes in KiB, MiB, … (with --long)')
    .option('-R, --reverse', 'the newest snapshot first')
  snapshotOptions(command, 'only snapshots')
    .addHelpText('after', HELP)
    .action(async (patterns: readonly string[], options: FindOptions) => {
      const { runFind } = await import('./run-find.ts')
      end(await runFind(patterns, options))
    })
}
