import type { Command } from 'commander'

import { type End, repoCommand } from '../repo-command.ts'
import type { KeyOptions } from './key-options.ts'

const HELP = `
Every key opens the repository by a password of its own. The key in use is never removed, so one always stays; to remove
it, open the repository by another one. A new key is read back and tried before anything else happens.

A password that others know is not made harmless by removing its key, if they could copy the key's file before.

Examples:
  holdfast repo key list -r /backup/vault -p pw
  holdfast repo key add -r /backup/vault -p pw --new-password-file colleague-pw --user ada
  holdfast repo key passwd -r /backup/vault -p pw --new-password-file new-pw
  holdfast repo key remove -r /backup/vault -p pw 3ac5f2d1
`

export function addKey(repo: Command, end: End): void {
  const key = repo.command('key').description('manage the keys, each of which is a password').addHelpText('after', HELP)
  repoCommand(key, 'list', 'list the keys; the one in use has a star')
    .option('--no-lock', 'do not lock the repository, for one that cannot be written to')
    .addHelpText('after', HELP)
    .action(async (options: KeyOptions) => end(await (await import('./run-key.ts')).runKeyList(options)))
  newKeyOptions(repoCommand(key, 'add', 'add a key with another password')).action(async (options: KeyOptions) =>
    end(await (await import('./run-key.ts')).runKeyAdd(options)),
  )
  repoCommand(key, 'remove <id>', 'remove a key, so that its password opens nothing any more')
    .addHelpText('after', HELP)
    .action(async (id: string, options: KeyOptions) =>
      end(await (await import('./run-key.ts')).runKeyRemove(id, options)),
    )
  newKeyOptions(repoCommand(key, 'passwd', 'change the password of the key in use')).action(
    async (options: KeyOptions) => end(await (await import('./run-key.ts')).runKeyPasswd(options)),
  )
}

function newKeyOptions(command: Command): Command {
  return command
    .option('--new-password-file <file>', 'a file that holds the new password')
    .option('--host <name>', 'the host that the new key is said to be of')
    .option('--user <name>', 'the user that the new key is said to be of')
    .addHelpText('after', HELP)
}
