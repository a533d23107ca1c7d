import type { Command } from 'commander'

import { formatCount, isCode } from '../../base/index.ts'
import type { Run, RunStep } from '../../contract/index.ts'
import type { ExitCode } from '../exit-code.ts'
import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { awaited } from './follow/wait-for-run.ts'
import { findRun } from './lookup/find-in.ts'
import { pagesOf } from './lookup/pages.ts'
import { writeLogLine } from './text/log-line.ts'
import { progressText, resultParts, runName } from './text/run-text.ts'
import { between, when } from './text/when.ts'
import { writeParts } from './text/write-list.ts'

const HELP = `
RUN is an id, its beginning, or "latest". With --follow the command tells what happens until the run has ended, and goes
on where it was when the connection breaks or the service is started anew.

Exit codes with --follow: 0 it succeeded, 3 with warnings, 1 it failed, 130 interrupted: the run goes on.

Examples:
  holdfast run latest
  holdfast run 019e2b1c-7f3a --follow
  holdfast run latest --json
`

export function addRun(program: Command, end: End): void {
  clientCommand(program, 'run <run>', 'tell everything about a run: its steps, its log, how far it is')
    .option('--follow', 'until it has ended')
    .addHelpText('after', HELP)
    .action(async (run: string, options: ClientOptions & { readonly follow?: boolean }) =>
      end(await withClient(options, (session) => show(session, run, options.follow))),
    )
}

async function show(session: ClientSession, wanted: string, follow: boolean | undefined): Promise<ExitCode | void> {
  const { client, output, signal } = session
  const { id } = await findRun(session, wanted)
  const run = await client.runs.get({ id }, { signal })
  tell(session, run)
  if (follow === true) return awaited(session, id)
  output.emit({ message_type: 'run', ...run })
  for (const step of run.steps) output.say(`${depthOf(step, run.steps)}${stepText(step)}`)
  output.say('')
  for await (const { items } of pagesOf((query) => client.runs.events({ ...query, id }, { signal })))
    for (const event of items) writeLogLine(output, event)
  writeParts(output, resultParts(run.result))
  await tellMissed(session, run)
  if (run.remedy !== null) output.say(run.remedy)
  return undefined
}

function tell({ output }: ClientSession, run: Run): void {
  writeParts(output, [
    ['Run', run.id],
    ['What', runName(run)],
    ['State', `${run.state}: ${run.cause.text}`],
    ['Asked for', `${when(run.queuedAt)} by ${run.requestedBy ?? run.trigger}`],
    ['Began', when(run.startedAt)],
    ['Ended', when(run.endedAt)],
    ['Attempt', run.attempt === 0 ? '' : `${run.attempt} of ${run.mostAttempts}`],
    ['Not before', when(run.notBefore)],
    ['Progress', run.progress ? progressText(run.progress) : ''],
  ])
}

function depthOf({ parent }: RunStep, steps: readonly RunStep[]): string {
  const above = parent === null ? undefined : steps.find(({ id }) => id === parent)
  return above ? `  ${depthOf(above, steps)}` : '  '
}

function stepText({ name, state, startedAt, endedAt }: RunStep): string {
  return `${state === 'done' ? '+' : state === 'running' ? '>' : '!'} ${name}  ${state}${endedAt === null ? '' : ` after ${between(startedAt, endedAt)}`}`
}

/** So many are told to people; programs get all. */
const MISSED_TOLD = 20

/** What was missed is names of files, which not everybody may see who may see runs. */
async function tellMissed({ client, output, signal }: ClientSession, { id, result }: Run): Promise<void> {
  const count = (result?.filesMissed ?? 0) + (result?.filesLost ?? 0)
  if (count === 0) return
  let told = 0
  try {
    for await (const { items } of pagesOf((query) => client.runs.missed({ ...query, id }, { signal }))) {
      for (const missed of items) {
        output.emit({ message_type: 'missed', ...missed })
        if (told++ < MISSED_TOLD) output.say(`missed: ${missed.path}: ${missed.reason}`)
      }
      if (!output.json && told > MISSED_TOLD) break
    }
    if (count > MISSED_TOLD) output.say(`There are ${formatCount(count)} of them in all: --json lists them.`)
  } catch (error) {
    if (!isCode(error, 'policy/forbidden')) throw error
  }
}
