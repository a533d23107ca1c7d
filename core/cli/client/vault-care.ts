import type { Command } from 'commander'

import type { ExitCode } from '../exit-code.ts'
import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { toldOrAwaited } from './follow/wait-for-run.ts'
import { findSet, findVault } from './lookup/find-in.ts'

interface CareOptions extends ClientOptions {
  readonly wait?: boolean
  readonly readData?: boolean
  readonly confirm?: boolean
  readonly set?: string
}

type Kind = 'check' | 'prune' | 'verify' | 'forget'

const WAIT_HELP = `
With --wait the command tells how it goes, and ends with 0 where it succeeded, 3 with warnings, 1 where it failed.
`

/** Adds what looks after a vault: each is a run, which the service also does by itself. */
export function addVaultCare(vault: Command, end: End): void {
  const care = (kind: Kind, description: string): Command =>
    clientCommand(vault, `${kind} <vault>`, description)
      .option('--wait', 'wait until it has ended')
      .addHelpText('after', WAIT_HELP)
      .action(async (wanted: string, options: CareOptions) =>
        end(await withClient(options, (session) => maintain(session, wanted, kind, options))),
      )
  care('check', 'look whether everything is there and as it was stored').option('--read-data', 'read all data, too')
  care('prune', 'give back the room of what nothing needs any more')
  care('verify', 'restore a sample, and compare it').option('--set <set>', 'of this backup set alone')
  care('forget', 'remove the points that no policy keeps any more')
    .option('--set <set>', 'of this backup set alone')
    .option('--confirm', 'go on where an earlier run stopped for somebody to confirm it')
}

async function maintain(
  session: ClientSession,
  wanted: string,
  kind: Kind,
  { wait, readData = false, confirm = false, set }: CareOptions,
): Promise<ExitCode | void> {
  const { client, signal } = session
  const vault = await findVault(session, wanted)
  const setId = set === undefined ? undefined : (await findSet(session, set)).id
  const run = await client.runs.maintain(
    { vaultId: vault.id, kind, readData, confirm, ...(setId !== undefined && { setId }) },
    { signal },
  )
  return toldOrAwaited(session, run, wait)
}
