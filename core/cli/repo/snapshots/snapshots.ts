import type { Command } from 'commander'

import { groupKeys } from '../lookup/group-keys.ts'
import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { type End, repoCommand, wholeNumber } from '../repo-command.ts'
import type { SnapshotsOptions } from './snapshots-options.ts'

const HELP = `
IDs are whole, or as many first digits as tell one from another; "latest" is the newest that the options mean.
Times are those of this computer's zone. The size is that of all files, where whoever made the snapshot stored it.

With --json every snapshot is one line, as restic stores it, with id and short_id; the last line is the summary. (restic
itself prints one list.) With --group-by each line says its group_key.

Examples:
  holdfast repo snapshots -r /backup/vault -p pw
  holdfast repo snapshots -r /backup/vault -p pw --host nas --latest 1 --compact
  holdfast repo snapshots -r /backup/vault -p pw --tag nightly,db --json
`

export function addSnapshots(repo: Command, end: End): void {
  snapshotOptions(repoCommand(repo, 'snapshots [id...]', 'list the snapshots'), 'only snapshots')
    .option('--latest <n>', 'only the newest n of each host and set of targets', wholeNumber)
    .option('-c, --compact', 'one line a snapshot, without its targets')
    .option('-g, --group-by <keys>', 'a table for each host, paths, tags (separated by commas)', groupKeys)
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: SnapshotsOptions) => {
      const { runSnapshots } = await import('./run-snapshots.ts')
      end(await runSnapshots(ids, options))
    })
}
