import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { type End, repoCommand } from '../repo-command.ts'
import type { DiffOptions } from './diff-options.ts'

const HELP = `
BEFORE and AFTER are snapshots: an id, its first digits, or "latest"; with ":/folder" only that folder is compared. Each
entry that differs is a line that begins with what happened to it:

  +   it came                          M   its content changed
  -   it went                          T   it became something else, such as a folder in a file's place
  U   its metadata changed, nothing    ?   behind M: no metadata changed, not even a time, which looks like a failing disk
      else (with --metadata)

The summary counts pieces of content (data blobs) and folders' lists (tree blobs) that only one of the two needs, with
their bytes before compression. In names, bytes that are not UTF-8 and control characters are shown as \\xNN. With --json
every line is an object as restic has it; path_raw has the bytes of a path that is not UTF-8, in base64.

Folders that cannot be read are named in warnings, and the exit code is 3.

Examples:
  holdfast repo diff -r /backup/vault -p pw 4bba301e latest
  holdfast repo diff -r /backup/vault -p pw --metadata 4bba301e:/home/ada 9c0e7a12:/home/ada
`

export function addDiff(repo: Command, end: End): void {
  const command = repoCommand(repo, 'diff <before> <after>', 'show what differs between two snapshots')
  snapshotOptions(command, 'for "latest": only snapshots')
    .option('--metadata', 'show entries too of which only metadata differs: modes, owners, times, attributes')
    .addHelpText('after', HELP)
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { runDiff } = await import('./run-diff.ts')
      end(await runDiff([before, after], options))
    })
}
