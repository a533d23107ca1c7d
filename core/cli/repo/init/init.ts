import type { Command } from 'commander'

import { type End, repoCommand } from '../repo-command.ts'
import { fromOptions } from '../session/from-options.ts'
import type { InitCommandOptions } from './init-options.ts'

const HELP = `
The password is the only way to what is stored. Keep a copy of it where the repository is not.

An \`init\` that was killed can be started again, with the same password.

With --copy-chunker-params the new repository cuts files as the source does. Then new backups do not store again what
\`copy\` has brought from there. Nothing else is taken from the source, and it is not changed.

Examples:
  holdfast repo init -r /backup/vault -p /etc/holdfast/password
  holdfast repo init -r /mnt/second -p pw2 --from-repo /backup/vault --from-password-file pw --copy-chunker-params
`

export function addInit(repo: Command, end: End): void {
  const command = repoCommand(repo, 'init', 'make a new repository').option(
    '--copy-chunker-params',
    'cut files as the source does, whose snapshots are to be copied',
  )
  fromOptions(command)
    .addHelpText('after', HELP)
    .action(async (options: InitCommandOptions) => {
      const { runInit } = await import('./run-init.ts')
      end(await runInit(options))
    })
}
