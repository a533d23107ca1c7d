import type { Command } from 'commander'

import { type End, repoCommand } from '../repo-command.ts'
import type { UnlockOptions } from './unlock-options.ts'

const HELP = `
A lock is nobody's when its process has ended (on this computer), or has not refreshed it for 30 minutes. Other commands
remove such locks by themselves. A lock that somebody holds stays, unless --remove-all is given: whoever holds it then
stops before it writes anything more, and its work is lost.

Examples:
  holdfast repo unlock -r /backup/vault -p pw
  holdfast repo unlock -r /backup/vault -p pw --remove-all
`

export function addUnlock(repo: Command, end: End): void {
  repoCommand(repo, 'unlock', 'remove locks that are nobody’s')
    .option('--remove-all', 'remove all locks, those that somebody holds too')
    .addHelpText('after', HELP)
    .action(async (options: UnlockOptions) => {
      const { runUnlock } = await import('./run-unlock.ts')
      end(await runUnlock(options))
    })
}
