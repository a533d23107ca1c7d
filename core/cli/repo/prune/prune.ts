import type { Command } from 'commander'

import { type End, packSize, repoCommand, workerCount } from '../repo-command.ts'
import { parseGrace } from './grace-option.ts'
import type { PruneOptions } from './prune-options.ts'

const HELP = `
Removes what no snapshot needs any more, after \`forget\` or after backups that were ended. The plan is shown first; with
--dry-run it is all that happens. Where a snapshot, an index file or a folder cannot be read, or a pack that is needed is not
there, nothing is removed; a pack that turns out to be damaged while it is rewritten stays, and is named (exit code 3).

Packs of which only a part is needed are rewritten, until no more than --max-unused of the repository is unused. That
takes room for the new packs before the old ones go: where there is none left, --max-repack-size 0 removes only what is
unused as a whole.

With --grace packs are only taken out of the index, and it is noted until when they wait. A prune that comes later looks
again: what a snapshot needs after all is taken back, what is due is removed, and the rest waits on. A prune without --grace
keeps what was promised, and removes at once only what has become unused since. A longer --grace makes what waits already
wait longer, too; a shorter one never makes it wait less. Only --grace 0 ends it: what waits and is not needed is removed
now. A prune by restic knows nothing of graces, and removes what waits at once. The plan says when it is due. Of what an
earlier version let wait no grace is noted: it waits a week, or as --grace says. Where a grace would end only as the clock of
this computer is more than a day ahead, or begin while it is as much behind, measured by the clock of the storage and by the
last forget, nothing is done before a person has confirmed it with --yes.

Nobody else can use the repository meanwhile. Ended at any moment, it can be started again.

Examples:
  holdfast repo prune -r /backup/vault -p pw --dry-run
  holdfast repo prune -r /backup/vault -p pw --max-unused 10%
  holdfast repo prune -r /backup/vault -p pw --grace 48h
  holdfast repo prune -r /backup/vault -p pw --grace 0          the room is wanted now
`

export function addPrune(repo: Command, end: End): void {
  repoCommand(repo, 'prune', 'remove what no snapshot needs any more')
    .option('--max-unused <limit>', 'how much may stay unused: 5%, 200M, unlimited (default: 5%)')
    .option('--max-repack-size <size>', 'rewrite no more than so much of the packs in this run, such as 10G')
    .option('--pack-size <MiB>', 'size that new packs should reach, 4 to 128 (default: 16)', packSize)
    .option('--repack-small', 'put packs together that are much smaller than --pack-size')
    .option('--repack-uncompressed', 'compress what is not compressed; once, after an upgrade from format 1')
    .option(
      '--grace <duration>',
      'remove packs only so much later, such as 48h (default: at once; 0: those that wait already, too)',
      parseGrace,
    )
    .option('--yes', 'go on where there is no snapshot at all, or where the clock asks for a person')
    .option('-n, --dry-run', 'show the plan, and change nothing')
    .option('--no-lock', 'with --dry-run: do not lock the repository')
    .option('--workers <count>', 'threads that read and prove', workerCount)
    .addHelpText('after', HELP)
    .action(async (options: PruneOptions) => {
      const { runPrune } = await import('./run-prune.ts')
      end(await runPrune(options))
    })
}
