import { type Command, InvalidArgumentError, Option } from 'commander'

import type { ExitCode } from '../../exit-code.ts'
import { excludeOptions } from '../patterns/exclude-options.ts'
import { collect, type End, packSize, repoCommand, workerCount } from '../repo-command.ts'
import type { BackupCommandOptions } from './backup-options.ts'

const HELP = `
A target keeps its whole path in the snapshot, so that it can be restored to where it was. Unchanged files (by size,
modification time, change time and inode, against the newest snapshot of the same host and targets) are not read again.

Beside a first backup it is counted what there is, so that the progress can tell how much is left. Later ones tell it by
what the parent snapshot held, and say "about": what has changed since is not known before it is found. With --scan-first
everything is counted before it is read, which takes a second walk.

What cannot be read is listed as missed, in the log folder too, and the exit code is 3: the snapshot is made of all else.
A target that is not there at all is told, and the snapshot is one of the others; where none is there, none is made.

Examples:
  holdfast repo backup -r /backup/vault -p pw /home /etc
  holdfast repo backup -r /backup/vault -p pw --exclude-caches --exclude '*.tmp' --tag nightly /srv
  holdfast repo backup -r /backup/vault -p pw --dry-run --json /srv
  find /srv -name '*.db' -print0 | holdfast repo backup -r /backup/vault -p pw --files-from-raw -
`

export function addBackup(repo: Command, end: End): void {
  const command = repoCommand(repo, 'backup [target...]', 'back up files and folders into a new snapshot')
    .option('--files-from <file>', 'targets from a file, patterns, one a line (- is standard input)', collect)
    .option('--files-from-verbatim <file>', 'the same, paths as they are, one a line', collect)
    .option('--files-from-raw <file>', 'the same, paths that end in a NUL each', collect)
  excludeOptions(command, 'leave out what fits')
    .option('--exclude-if-present <name[:header]>', 'leave out what is in folders that hold such a file', collect)
    .option('--exclude-caches', 'leave out what is in folders marked by a CACHEDIR.TAG')
    .option('--exclude-larger-than <size>', 'leave out larger files (500k, 20M, 3G)')
    .option('-x, --one-file-system', 'stay on the file system of each target')
    .option('--skip-names-not-utf8', 'leave out names that are not UTF-8, and list them as missed')
    .option('--tag <tags>', 'tags for the snapshot, separated by commas', collect)
    .option('-H, --host <name>', 'the host that the snapshot is said to be of')
    .option('--time <time>', 'the time that the snapshot is said to be of (2026-11-20 22:00:00)')
    .option('--parent <snapshot>', 'compare with this snapshot instead of the newest')
    .option('-f, --force', 'read every file, whatever the parent says')
    .option('--ignore-inode', 'another inode alone does not make a file changed')
    .option('--ignore-ctime', 'another change time alone does not make a file changed')
    .option('--missed <policy>', 'try missed files again: retry-at-end or next-run', missedPolicy, 'retry-at-end')
    .option('--log-dir <folder>', 'where missed files are listed')
    .option('--no-scan', 'do not count beside a first backup what there is')
    .addOption(
      new Option('--scan-first', 'count what there is before anything is read, in every backup').conflicts('scan'),
    )
    .option('-n, --dry-run', 'read and compare everything, store nothing')
    .option('--compression <level>', 'off, fastest, default, better', 'default')
    .option('--pack-size <MiB>', 'size that packs should reach, 4 to 128', packSize)
    .option('--workers <count>', 'threads that read, compress and encrypt', workerCount)
    .addHelpText('after', HELP)
    .action(async (targets: readonly string[], options: BackupCommandOptions) => {
      const { runBackup } = await import('./run-backup.ts')
      end((await runBackup(targets, options)) satisfies ExitCode)
    })
}

function missedPolicy(text: string): string {
  if (text === 'retry-at-end' || text === 'next-run') return text
  throw new InvalidArgumentError('Give retry-at-end or next-run.')
}
