import type { Command } from 'commander'

import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { readSecret } from './read-secret.ts'
import { endedText } from './text/ended-text.ts'

const HELP = `
The password that you sign in with now is asked for, then the new one. All your other sessions end, and so do your API
tokens, those of other computers on which you ran \`holdfast login\` among them; this computer stays signed in. With
--keep-tokens they go on: only where nobody else can know the old password.

Examples:
  holdfast password
  holdfast password --keep-tokens
  holdfast password --password-file old --new-password-file new
`

interface PasswordOptions extends ClientOptions {
  readonly passwordFile?: string
  readonly newPasswordFile?: string
  readonly keepTokens?: boolean
}

export function addPassword(program: Command, end: End): void {
  clientCommand(program, 'password', 'change the password that you sign in with')
    .option('-p, --password-file <file>', 'a file that holds the password of now')
    .option('--new-password-file <file>', 'a file that holds the new one')
    .option('--keep-tokens', 'your API tokens go on')
    .addHelpText('after', HELP)
    .action(async (options: PasswordOptions) =>
      end(await withClient(options, (session) => changePassword(session, options))),
    )
}

async function changePassword(
  { client, output, signal }: ClientSession,
  { passwordFile, newPasswordFile, keepTokens = false }: PasswordOptions,
): Promise<void> {
  const current = await readSecret(
    { questions: ['Your password now: '], file: passwordFile, option: '--password-file' },
    { signal },
  )
  const next = await readSecret(
    {
      questions: ['New password: ', 'The new password again: '],
      file: newPasswordFile,
      option: '--new-password-file',
    },
    { signal },
  )
  const { ended } = await client.account.changePassword({ current, next, revokeTokens: !keepTokens }, { signal })
  output.say('Changed your password.')
  output.say(endedText(ended))
  output.emit({ message_type: 'password', ended })
}
