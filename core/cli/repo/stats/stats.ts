import { type Command, InvalidArgumentError } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { type End, repoCommand } from '../repo-command.ts'
import type { StatsMode, StatsOptions } from './stats-options.ts'

const MODES: readonly StatsMode[] = ['restore-size', 'files-by-contents', 'blobs-per-file', 'raw-data']

const HELP = `
Without ID all snapshots that the options mean are counted. The modes are those of restic:

  restore-size        what restoring each of the snapshots would write; a file with several hard links once
  files-by-contents   files, each content once
  blobs-per-file      the pieces of each such file, a piece once a file
  raw-data            what is stored: the pieces and folders that the snapshots need, each once, compressed

Folders and other entries count as files do; restic counts so too. Folders that cannot be read are named in warnings, and
the exit code is 3.

Examples:
  holdfast repo stats -r /backup/vault -p pw
  holdfast repo stats -r /backup/vault -p pw --mode raw-data --json
  holdfast repo stats -r /backup/vault -p pw --host nas latest
`

export function addStats(repo: Command, end: End): void {
  snapshotOptions(repoCommand(repo, 'stats [id...]', 'count what is in snapshots'), 'only snapshots')
    .option('--mode <mode>', `what to count: ${MODES.join(', ')}`, statsMode, 'restore-size')
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: StatsOptions) => {
      const { runStats } = await import('./run-stats.ts')
      end(await runStats(ids, options))
    })
}

function statsMode(text: string): StatsMode {
  const mode = MODES.find((each) => each === text)
  if (mode) return mode
  throw new InvalidArgumentError(`Give ${MODES.slice(0, -1).join(', ')} or ${MODES.at(-1) ?? ''}.`)
}
