import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { type End, repoCommand, workerCount } from '../repo-command.ts'
import type { RepairIndexCommandOptions, RepairPacksCommandOptions, RepairSnapshotsOptions } from './repair-options.ts'

const HELP = `
Mends what \`holdfast repo check\` finds, as far as what is needed for it is there. Make a copy of the repository before, if
you can. In this order:

  repair index      lists packs anew by their own headers, and forgets those that are not there: of more than a third of
                    all only with --yes, as a folder may not be mounted.
  repair packs      saves what can be read of damaged packs to new ones. The damaged ones are out of the index then, and go
                    with the next prune (after its grace, where it is given one). Without ids all packs are read first to find them; those that the storage does
                    not hand out may be whole, and stay as they are unless they are named.
  repair snapshots  makes snapshots anew without what is lost: files that miss a part are shorter, folders that are lost are
                    empty, disks have zeros there and keep their size. The new ones have the tag "repaired"; --forget removes the old ones,
                    and those that nothing is left of: of more than 30 % only with --yes. It removes none while more than
                    a third of all packs are not there.
                    What only lies in packs that wait to be removed is not lost: \`repo prune\` takes it back afterwards.

Between \`repair packs\` and \`repair snapshots\`, back up again: what the sources still have is stored anew, and is then not lost any more.

Examples:
  holdfast repo repair index -r /backup/vault -p pw --dry-run
  holdfast repo repair index -r /backup/vault -p pw
  holdfast repo repair packs -r /backup/vault -p pw
  holdfast repo repair snapshots -r /backup/vault -p pw --dry-run
`

export function addRepair(repo: Command, end: End): void {
  const repair = repo.command('repair').description('mend a damaged repository').addHelpText('after', HELP)
  repoCommand(repair, 'index', 'make the index say what the packs hold')
    .option('--read-all-packs', 'believe no index file: read the header of every pack')
    .option('-n, --dry-run', 'show what would be done, and change nothing')
    .option('--no-lock', 'with --dry-run: do not lock the repository')
    .option('--yes', 'forget packs even where more than a third of all are not there')
    .addHelpText('after', HELP)
    .action(async (options: RepairIndexCommandOptions) =>
      end(await (await import('./run-repair-index.ts')).runRepairIndex(options)),
    )
  repoCommand(repair, 'packs [id...]', 'save what can be read of damaged packs')
    .option('-n, --dry-run', 'show which packs are damaged, and change nothing')
    .option('--no-lock', 'with --dry-run: do not lock the repository')
    .option('--workers <count>', 'threads that read and prove', workerCount)
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: RepairPacksCommandOptions) =>
      end(await (await import('./run-repair-packs.ts')).runRepairPacks(ids, options)),
    )
  const snapshots = repoCommand(repair, 'snapshots [id...]', 'make snapshots anew without what is lost')
    .option('--forget', 'remove the old snapshots once the new ones are stored, and those that cannot be read')
    .option('-n, --dry-run', 'show what would be done, and change nothing')
    .option('--yes', 'with --forget: remove even more than 30 % of them that nothing takes the place of')
  snapshotOptions(snapshots, 'only snapshots')
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: RepairSnapshotsOptions) =>
      end(await (await import('./run-repair-snapshots.ts')).runRepairSnapshots(ids, options)),
    )
}
