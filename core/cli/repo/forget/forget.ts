import type { Command } from 'commander'

import { groupKeys } from '../lookup/group-keys.ts'
import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { parseGrace } from '../prune/grace-option.ts'
import { collect, type End, repoCommand, wholeNumber } from '../repo-command.ts'
import type { ForgetOptions } from './forget-options.ts'

const HELP = `
Snapshots are named by their ids, or chosen by rules. There are two sorts of rules, and only one can be given at a time:

    --keep-*    restic's: so many of the last, hourly, daily … snapshots, of whatever age. Days and weeks are those of the
                zone in which each snapshot's time is written. One that misses files does not take the place of the newest
                complete one, which stays then, too.
    --retain-*  those of Holdfast's policies: every snapshot for so many days, and of each week, month and year the last
                one for so many weeks, months and years. Days end at midnight of --time-zone. The newest is never removed.

Rules are applied by themselves to each host and set of targets (--group-by). They remove nothing before a person has
confirmed it with --yes where more than 30 % of such a group would go at once, or where the clock is off by more than a
day: measured by the last run, by the clock of the storage, and by the newest snapshot. Snapshots that are named are
removed as they are named; but where none would be left, --prune wants --yes, too.

A snapshot that is removed is gone for good. What only it needed takes up room until the next prune, which --prune does
at once, with its defaults. It removes packs at once, or with --grace so much later. What an earlier prune with --grace
lets wait is kept as long as that promised, whatever is given here, unless it is --grace 0: that ends it. Where the clock
is ahead by more than a day and would end it early, or so much behind as it begins, --prune stops for --yes, too, before
any snapshot is removed.

Examples:
  holdfast repo forget -r /backup/vault -p pw --keep-daily 7 --keep-weekly 5 --keep-monthly 12 --dry-run
  holdfast repo forget -r /backup/vault -p pw --retain-days 30 --retain-weeks 12 --time-zone Europe/Berlin
  holdfast repo forget -r /backup/vault -p pw 4bba301e
`

const COUNT = 'of each host and set of targets (or: unlimited)'

export function addForget(repo: Command, end: End): void {
  const command = repoCommand(repo, 'forget [id...]', 'remove snapshots, by rules or by name')
    .option('-l, --keep-last <n>', `keep the last n ${COUNT}`)
    .option('-H, --keep-hourly <n>', 'keep the last of each of the last n hours that have one')
    .option('-d, --keep-daily <n>', 'keep the last of each of the last n days that have one')
    .option('-w, --keep-weekly <n>', 'keep the last of each of the last n weeks that have one')
    .option('-m, --keep-monthly <n>', 'keep the last of each of the last n months that have one')
    .option('-y, --keep-yearly <n>', 'keep the last of each of the last n years that have one')
    .option('--keep-within <span>', 'keep all within this span (such as 1y5m7d2h) before the newest')
    .option('--keep-within-hourly <span>', 'keep the last of each hour within this span before the newest')
    .option('--keep-within-daily <span>', 'keep the last of each day within it')
    .option('--keep-within-weekly <span>', 'keep the last of each week within it')
    .option('--keep-within-monthly <span>', 'keep the last of each month within it')
    .option('--keep-within-yearly <span>', 'keep the last of each year within it')
    .option('--keep-tag <tags>', 'keep those with all of these tags (may be given several times)', collect)
    .option('--retain-days <n>', 'keep every one for n days', wholeNumber)
    .option('--retain-weeks <n>', 'keep the last of each week for n weeks', wholeNumber)
    .option('--retain-months <n>', 'keep the last of each month for n months', wholeNumber)
    .option('--retain-years <n>', 'keep the last of each year for n years', wholeNumber)
    .option('--time-zone <zone>', 'whose days --retain-* count, such as Europe/Berlin (default: that of each snapshot)')
    .option(
      '-g, --group-by <keys>',
      'apply the rules to each host, paths, tags (default: host,paths; empty: to all)',
      groupKeys,
    )
    .option('-c, --compact', 'one line a snapshot, without its targets')
    .option('-n, --dry-run', 'remove nothing, show what would go, what would stay, and why')
    .option('--prune', 'prune afterwards, where a snapshot was removed')
    .option(
      '--grace <duration>',
      'with --prune: remove packs only so much later, such as 48h (0: also what waits already, now)',
      parseGrace,
    )
    .option('--yes', 'remove even where so much at once, the clock, or a prune of everything asks for a person')
  snapshotOptions(command, 'only snapshots', { hostFlags: '--host <name>' })
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: ForgetOptions) => {
      const { runForget } = await import('./run-forget.ts')
      end(await runForget(ids, options))
    })
}
