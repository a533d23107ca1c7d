import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { type End, repoCommand, workerCount } from '../repo-command.ts'
import { fromOptions } from '../session/from-options.ts'
import type { CopyOptions } from './copy-options.ts'

const HELP = `
Copies from the repository that --from-repo names to that of --repo: snapshots that are named by their ids, by first digits
of ids, or as "latest"; without ID all that the options mean. What the destination has already is not copied again, be it
snapshots or blobs. All is decrypted, proved and encrypted anew; what is compressed stays so as it is.

A snapshot that needs something that is damaged in the source is not copied; it is named, the others are copied, and the
exit code is 3. Ended at any moment, the same command goes on where it was.

Chunks are copied as they are. Where the two repositories cut files by different chunker parameters, new backups find
nothing in what was copied, and store it once more. A new repository for copies is best made with those of the source:

Examples:
  holdfast repo init -r /mnt/second -p pw2 --from-repo /backup/vault --from-password-file pw --copy-chunker-params
  holdfast repo copy -r /mnt/second -p pw2 --from-repo /backup/vault --from-password-file pw
  holdfast repo copy -r /mnt/second -p pw2 --from-repo /backup/vault --from-password-file pw --dry-run latest
`

export function addCopy(repo: Command, end: End): void {
  const command = fromOptions(repoCommand(repo, 'copy [id...]', 'copy snapshots from another repository'))
    .option('-n, --dry-run', 'show what would be copied, and change nothing')
    .option('--compression <level>', 'off, fastest, default, better: for what the source holds uncompressed', 'default')
    .option('--workers <count>', 'threads that read, prove and encrypt', workerCount)
  snapshotOptions(command, 'only snapshots', { lockHelp: 'do not lock the source, for one that cannot be written to' })
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: CopyOptions) => {
      const { runCopy } = await import('./run-copy.ts')
      end(await runCopy(ids, options))
    })
}
