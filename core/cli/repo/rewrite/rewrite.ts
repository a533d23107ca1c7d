import type { Command } from 'commander'

import { snapshotOptions } from '../lookup/snapshot-options.ts'
import { excludeOptions } from '../patterns/exclude-options.ts'
import { type End, repoCommand } from '../repo-command.ts'
import type { RewriteOptions } from './rewrite-options.ts'

const HELP = `
Makes snapshots anew without what should not be in them. Patterns are those of \`restore --exclude\`: they are compared with
the paths in the snapshot. The new snapshots have the tag "rewrite" and say from which ones they come.

The old snapshots stay, and what they hold can be restored, until they are removed (--forget) and the repository is
pruned. To make a secret unreadable takes both, and a prune that leaves nothing unused: \`prune --max-unused 0 --grace 0\`.

Examples:
  holdfast repo rewrite -r /backup/vault -p pw --exclude '*.iso' --dry-run
  holdfast repo rewrite -r /backup/vault -p pw --exclude /home/ada/secret --forget latest
`

export function addRewrite(repo: Command, end: End): void {
  const command = excludeOptions(
    repoCommand(repo, 'rewrite [id...]', 'make snapshots anew without some of their files'),
    'leave out what fits',
  )
    .option('--forget', 'remove the old snapshots once the new ones are stored')
    .option('-n, --dry-run', 'show which snapshots would be made anew, and change nothing')
  snapshotOptions(command, 'only snapshots')
    .addHelpText('after', HELP)
    .action(async (ids: readonly string[], options: RewriteOptions) => {
      const { runRewrite } = await import('./run-rewrite.ts')
      end(await runRewrite(ids, options))
    })
}
