import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { type End, repoCommand } from '../repo-command.ts'
import type { LsOptions } from './ls-options.ts'

const HELP = `
SNAPSHOT is an id, its first digits, or "latest"; with ":/folder" that folder is the root of the listing. Without DIR
everything is listed; with it, what is in these folders, and with --recursive what is in folders in them too.

In names, bytes that are not UTF-8 and control characters are shown as \\xNN. With --json every entry is one line, named
as restic names its members; path_raw has the bytes of a path that is not UTF-8, in base64. The last line is the summary.

Folders that cannot be read are named in warnings, and the exit code is 3.

Examples:
  holdfast repo ls -r /backup/vault -p pw latest
  holdfast repo ls -r /backup/vault -p pw --long --human-readable latest:/home/ada
  holdfast repo ls -r /backup/vault -p pw --recursive --json 3ac5f2d1 /etc /srv
`

export function addLs(repo: Command, end: End): void {
  snapshotOptions(
    repoCommand(repo, 'ls <snapshot> [dir...]', 'list what is in a snapshot'),
    'for "latest": only snapshots',
  )
    .option('-l, --long', 'mode, owner, group, size and time too')
    .option('--human-readable', 'sizes in KiB, MiB, … (with --long)')
    .option('--recursive', 'with DIR: what is in its folders too')
    .addHelpText('after', HELP)
    .action(async (snapshot: string, dirs: readonly string[], options: LsOptions) => {
      const { runLs } = await import('./run-ls.ts')
      end(await runLs(snapshot, dirs, options))
    })
}
