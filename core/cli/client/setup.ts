import type { Command } from 'commander'

import { clientCommand, type End, wholeFrom } from './client-command.ts'
import type { SetupOptions } from './login-options.ts'

const HELP = `
A service without an administrator prints a link at each start, which works once. This
does what a browser would do with it. The link is asked for, or read from --link-file or standard input, and never given as an
argument, which others on this computer could read; a file may hold all that the service has printed: the last link counts. Name
and password are asked for, or given by --name and --password-file. Afterwards you are signed in, as with \`holdfast login\`.

ADDRESS is needed where the service is reached by another one than its link says.

Exit codes: 0 done, 1 failed, 12 the link is not good any more, or not the service that was trusted.

Examples:
  holdfast setup
  holdfast setup --link-file serve.log --name ada --password-file pw
  journalctl -u UNIT | holdfast setup --link-file - --name ada --password-file pw
  holdfast setup https://nas.example:8420 --link-file link --name ada --password-file pw --fingerprint 5D:2F:…
`

export function addSetup(program: Command, end: End): void {
  clientCommand(program, 'setup [address]', 'make the first administrator of a new service, and sign in')
    .option('--link-file <file>', 'a file that holds what the service printed; - is standard input')
    .option('--name <user>', 'what the administrator is called; asked for otherwise')
    .option('-p, --password-file <file>', 'a file that holds the new password; - is standard input')
    .option('--days <count>', 'how long you stay signed in here', wholeFrom(1, 3660), 365)
    .option('--fingerprint <sha256>', "the certificate's, where nobody is there to compare it")
    .addHelpText('after', HELP)
    .action(async (address: string | undefined, options: SetupOptions) => {
      const { runSetup } = await import('./run-setup.ts')
      end(await runSetup({ ...options, ...(address !== undefined && { url: address }) }))
    })
}
