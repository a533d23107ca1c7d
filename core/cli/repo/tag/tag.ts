import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { collect, type End, repoCommand } from '../repo-command.ts'
import type { TagOptions } from './tag-options.ts'

const HELP = `
Snapshots are named by their ids, by first digits of ids, or as "latest"; without ID the tags of all that the options mean
are changed. A snapshot cannot be changed: one with the new tags takes its place, under a new id, and remembers the first
id that it had. The old one is removed once the new one is stored. Ended in between, both are there: the same command
again leaves one. The tag "repaired" stays where it is: it says that something of the snapshot is lost.

Examples:
  holdfast repo tag -r /backup/vault -p pw --add yearly,audit 4bba301e
  holdfast repo tag -r /backup/vault -p pw --remove test --host nas --dry-run
  holdfast repo tag -r /backup/vault -p pw --set "" latest
`

export function addTag(repo: Command, end: End): void {
  const command = repoCommand(repo, 'tag [id...]', 'change the tags of snapshots')
    .option('--add <tags>', 'give them these tags, separated by commas, too (may be given several times)', collect)
    .option('--remove <tags>', 'take these tags from them (may be given several times)', collect)
    .option('--set <tags>', 'give them these tags only; empty: none (may be given several times)', collect)
    .option('-n, --dry-run', 'change nothing, show what would be changed')
  snapshotOptions(command, 'only snapshots')
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: TagOptions) => {
      const { runTag } = await import('./run-tag.ts')
      end(await runTag(ids, options))
    })
}
