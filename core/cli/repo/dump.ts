import type { Command } from 'commander'

import { type End, repoCommand } from './repo-command.ts'
import { type SnapshotOptions, snapshotOptions } from './snapshot-options.ts'

export interface DumpOptions extends SnapshotOptions {
  readonly target?: string
}

const HELP = `
SNAPSHOT is an id, its first digits, or "latest"; with ":/folder" the path of FILE begins in that folder. A byte of a
name that is not UTF-8 may be written as \\xNN, as \`ls\` shows it. Only files can be written so far; for a folder use
\`holdfast repo restore --include\`.

What was written is exact, each piece having been checked against its hash. Where a piece is damaged or missing, it ends
there, with exit code 1. Progress and --json say nothing on standard output while the file goes there; with --target,
--json ends with a summary.

Examples:
  holdfast repo dump -r /backup/vault -p pw latest /etc/fstab
  holdfast repo dump -r /backup/vault -p pw latest /srv/db.sql.gz | zcat | psql
  holdfast repo dump -r /backup/vault -p pw 3ac5f2d1:/home/ada notes.txt --target /tmp/notes.txt
`

export function addDump(repo: Command, end: End): void {
  snapshotOptions(
    repoCommand(repo, 'dump <snapshot> <file>', 'write a file of a snapshot to standard output'),
    'for "latest": only snapshots',
  )
    .option('-t, --target <file>', 'write to this file instead; what it held is lost')
    .addHelpText('after', HELP)
    .action(async (snapshot: string, file: string, options: DumpOptions) => {
      const { runDump } = await import('./run-dump.ts')
      end(await runDump(snapshot, file, options))
    })
}
