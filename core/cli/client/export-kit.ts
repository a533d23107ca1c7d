import type { Command } from 'commander'

import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findVault } from './lookup/find-in.ts'
import { readSecret } from './read-secret.ts'
import { writeSecretFile } from './secret-file.ts'

const HELP = `
The kit has the vault's password and says how to restore with restic alone. Who has it can read everything in the vault:
print it, or keep it where only you get to, and not on the computers that it is to save. Your own password is asked for.
The file is for you alone, and one that is there is not overwritten. It is exported once: each further one, with --again, is one
more from which everything can be read.

Examples:
  holdfast export-kit first --output /media/stick/kit-first.txt
  holdfast export-kit first --output /media/stick/kit-first-2.txt --again
`

interface KitOptions extends ClientOptions {
  readonly output: string
  readonly passwordFile?: string
  readonly again?: boolean
}

export function addExportKit(program: Command, end: End): void {
  clientCommand(
    program,
    'export-kit <vault>',
    'write the recovery kit of a vault: what a restore without the service needs',
  )
    .requiredOption('-o, --output <file>', 'where to write it to')
    .option('-p, --password-file <file>', 'a file that holds your own password; - is standard input')
    .option('--again', 'though it was exported before: that one is lost')
    .addHelpText('after', HELP)
    .action(async (vault: string, options: KitOptions) =>
      end(await withClient(options, (session) => exportKit(session, vault, options))),
    )
}

async function exportKit(
  session: ClientSession,
  wanted: string,
  { output: path, passwordFile, again = false }: KitOptions,
): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findVault(session, wanted)
  await writeSecretFile(path, async () => {
    const password = await readSecret(
      { questions: ['Your own password: '], file: passwordFile, option: '--password-file' },
      { signal },
    )
    const { text } = await client.vaults.exportKit({ id, password, again }, { signal })
    return { text, result: undefined }
  })
  output.say(`The recovery kit of ${name} is in ${path}. Keep it where only you get to.`)
  output.emit({ message_type: 'kit', vaultId: id, vault: name, path })
}
