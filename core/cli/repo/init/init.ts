import type { Command } from 'commander'

import { type End, repoCommand } from '../repo-command.ts'
import type { RepoOptions } from '../session.ts'

const HELP = `
The password is the only way to what is stored. Keep a copy of it where the repository is not.

An \`init\` that was killed can be started again, with the same password.

Example:
  holdfast repo init -r /backup/vault -p /etc/holdfast/password
`

export function addInit(repo: Command, end: End): void {
  repoCommand(repo, 'init', 'make a new repository')
    .addHelpText('after', HELP)
    .action(async (options: RepoOptions) => {
      const { runInit } = await import('./run-init.ts')
      end(await runInit(options))
    })
}
