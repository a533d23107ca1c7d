import type { Command } from 'commander'

import type { ExitCode } from '../exit-code.ts'
import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { toldOrAwaited } from './follow/wait-for-run.ts'
import { findSet } from './lookup/find-in.ts'

const HELP = `
The service does it; \`holdfast repo backup\` backs up without one. Limits of bandwidth are for scheduled runs only.

Exit codes with --wait: 0 all of it, 3 something was missed, 1 it failed, 130 interrupted: the run goes on. Without: 0
asked for.

Examples:
  holdfast backup home
  holdfast backup home --wait
`

export function addBackup(program: Command, end: End): void {
  clientCommand(program, 'backup <set>', 'back up a backup set now')
    .option('--wait', 'wait until it has ended')
    .addHelpText('after', HELP)
    .action(async (set: string, options: ClientOptions & { readonly wait?: boolean }) =>
      end(await withClient(options, (session) => backUp(session, set, options.wait))),
    )
}

async function backUp(session: ClientSession, wanted: string, wait: boolean | undefined): Promise<ExitCode | void> {
  const { id } = await findSet(session, wanted)
  const run = await session.client.runs.backUp({ setId: id }, { signal: session.signal })
  return toldOrAwaited(session, run, wait)
}
