import type { Command } from 'commander'

import { clientCommand, type End, wholeFrom } from './client-command.ts'
import type { LoginOptions, LogoutOptions } from './login-options.ts'

const LOGIN_HELP = `
ADDRESS is that of the console, such as https://nas.example:8420. The password is asked for without being shown, or read
from --password-file or standard input; it is never kept. What is kept, for you alone, is a token of its own
(~/.config/holdfast/logins.json). The service that you signed in to last is the one that commands mean.

A service has a certificate that it signed itself. The first time its fingerprint is shown: compare it with the one that
\`holdfast serve\` prints on its own computer. From then on nothing else is trusted. Programs give it with --fingerprint.

Programs may also name a file with a token in HOLDFAST_TOKEN_FILE, and sign in nowhere.

Exit codes: 0 done, 1 failed, 12 wrong name, password or second factor, or not the service that was trusted.

Examples:
  holdfast login
  holdfast login https://nas.example:8420 --name ada
  holdfast login https://nas.example:8420 --name ada --password-file pw --fingerprint 5D:2F:…
`

const LOGOUT_HELP = `
The token is revoked at the service, and removed here.

Examples:
  holdfast logout
  holdfast logout --url https://nas.example:8420
`

export function addLogin(program: Command, end: End): void {
  clientCommand(program, 'login [address]', 'sign in to a service, and stay so')
    .option('--name <user>', 'who you are; asked for otherwise')
    .option('-p, --password-file <file>', 'a file that holds the password; - is standard input')
    .option('--totp <digits>', 'the six digits of the second factor; asked for where they are needed')
    .option('--days <count>', 'how long it lasts', wholeFrom(1, 3660), 365)
    .option('--fingerprint <sha256>', "the certificate's, where nobody is there to compare it")
    .addHelpText('after', LOGIN_HELP)
    .action(async (address: string | undefined, options: LoginOptions) => {
      const { runLogin } = await import('./run-login.ts')
      end(await runLogin({ ...options, ...(address !== undefined && { url: address }) }))
    })
  clientCommand(program, 'logout', 'sign out: the token that was kept is revoked')
    .option('--local', 'only remove it here, where the service is gone for good')
    .addHelpText('after', LOGOUT_HELP)
    .action(async (options: LogoutOptions) => {
      const { runLogout } = await import('./run-logout.ts')
      end(await runLogout(options))
    })
}
