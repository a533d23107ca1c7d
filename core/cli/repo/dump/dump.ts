import { type Command, InvalidArgumentError } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { type End, repoCommand } from '../repo-command.ts'
import type { DumpOptions } from './dump-options.ts'

const HELP = `
SNAPSHOT is an id, its first digits, or "latest"; with ":/folder" the path of FILE begins in that folder. A byte of a
name that is not UTF-8 may be written as \\xNN, as \`ls\` shows it.

A folder is written as a tar archive of it and all below it, "/" is all there is. Paths in it begin at the root of the
snapshot, or in the folder that was named with it. It holds owners, times to the nanosecond, extended attributes, ACLs,
hard links, FIFOs and devices; \`tar --xattrs --xattrs-include='*' -xp\` as root brings all of that back.

What was written is exact, each piece having been checked against its hash. Where a piece is damaged or missing, it ends
there, with exit code 1; an archive that lacks something ends with 3. With --json, standard output still gets nothing
but the content; with --target there is a summary last.

Examples:
  holdfast repo dump -r /backup/vault -p pw latest /etc/fstab
  holdfast repo dump -r /backup/vault -p pw latest /srv/db.sql.gz | zcat | psql
  holdfast repo dump -r /backup/vault -p pw latest:/home ada | tar -xp -C /tmp
  holdfast repo dump -r /backup/vault -p pw 3ac5f2d1 / --target /tmp/all.tar
`

export function addDump(repo: Command, end: End): void {
  snapshotOptions(
    repoCommand(repo, 'dump <snapshot> <file>', 'write a file or a folder of a snapshot to standard output'),
    'for "latest": only snapshots',
  )
    .option('-a, --archive <format>', 'what a folder is written as: tar', archive, 'tar')
    .option('-t, --target <file>', 'write to this file instead; what it held is lost')
    .addHelpText('after', HELP)
    .action(async (snapshot: string, file: string, options: DumpOptions) => {
      const { runDump } = await import('./run-dump.ts')
      end(await runDump(snapshot, file, options))
    })
}

function archive(format: string): string {
  if (format === 'tar') return format
  if (format === 'zip')
    throw new InvalidArgumentError('zip is not written so far, as it loses owners and links: give tar.')
  throw new InvalidArgumentError('Give tar.')
}
