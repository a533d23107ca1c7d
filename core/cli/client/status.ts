import type { Command } from 'commander'

import { formatBytes, formatCount, formatCounted } from '../../base/index.ts'
import type { Overview } from '../../contract/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { shortId } from './text/names.ts'
import { progressText, runName } from './text/run-text.ts'
import { when } from './text/when.ts'

const HELP = `
Exit codes: 0 everything is protected, 3 something needs somebody or nothing is protected yet, 1 nobody knows, 12 not
signed in.

Examples:
  holdfast status
  holdfast status --json
`

export function addStatus(program: Command, end: End): void {
  clientCommand(program, 'status', 'is everything protected? what runs, and what needs you')
    .addHelpText('after', HELP)
    .action(async (options: ClientOptions) => end(await withClient(options, status)))
}

const SENTENCES: Readonly<Record<Overview['state'], string>> = {
  empty: 'Nothing is protected yet. `holdfast set add` says what is to be.',
  protected: 'Everything is protected.',
  attention: 'Something needs you.',
  unprotected: 'Something is NOT protected.',
}

async function status({ client, output, signal, url }: ClientSession): Promise<ExitCode> {
  const overview = await client.overview.get(undefined, { signal })
  output.emit({ message_type: 'status', url, ...overview })
  const { state, sets, needy, running, alerts, alertsOpen, nextRunAt, vaults } = overview
  output.say(`${SENTENCES[state]} (${url})`)
  const counts = Object.entries(sets).filter(([, count]) => count > 0)
  if (counts.length > 0)
    output.say(`Backup sets: ${counts.map(([protection, count]) => `${formatCount(count)} ${protection}`).join(', ')}`)
  if (nextRunAt !== null) output.say(`Next run: ${when(nextRunAt)}`)
  for (const { name, protection, newestCompletePointAt } of needy)
    output.say(`  ${name}: ${protection}, newest complete point ${when(newestCompletePointAt, 'none')}`)
  if (running.length > 0) output.say(`${formatCounted(running.length, 'run')}:`)
  for (const run of running)
    output.say(
      `  ${shortId(run.id)}  ${runName(run)}, ${run.state}${run.progress ? `  ${progressText(run.progress)}` : ''}`,
    )
  if (alertsOpen > 0) output.say(`${formatCounted(alertsOpen, 'open alert')}:`)
  for (const { severity, message, remedy, acknowledgedAt } of alerts)
    output.say(`  ${severity}: ${message} ${acknowledgedAt === null ? remedy : '(seen)'}`)
  if (alertsOpen > alerts.length) output.say('  `holdfast alerts` lists all of them.')
  for (const { name, bytesStored, bytesFree } of vaults)
    output.say(`Vault ${name}: ${sized(bytesStored, 'stored')}, ${sized(bytesFree, 'free')}`)
  return state === 'protected' ? EXIT.done : EXIT.warnings
}

function sized(bytes: number | null, what: string): string {
  return bytes === null ? `nobody knows how much is ${what}` : `${formatBytes(bytes)} ${what}`
}
