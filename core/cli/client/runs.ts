import type { Command } from 'commander'

import type { ExitCode } from '../exit-code.ts'
import { clientCommand, type ClientOptions, type End, oneOf, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { toldOrAwaited } from './follow/wait-for-run.ts'
import { findRun, findSet } from './lookup/find-in.ts'
import { firstOf } from './lookup/pages.ts'
import { shortId } from './text/names.ts'
import { runName } from './text/run-text.ts'
import { when } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
Everything that the service does is a run. The newest come first.

Examples:
  holdfast runs
  holdfast runs --active
  holdfast runs --failed --set home
  holdfast runs --kind prune --json
`

interface RunsOptions extends ClientOptions {
  readonly active?: boolean
  readonly failed?: boolean
  readonly set?: string
  readonly kind?: 'backup' | 'restore' | 'forget' | 'prune' | 'check' | 'verify' | 'catalog-backup'
  readonly limit: number
}

export function addRuns(program: Command, end: End): void {
  clientCommand(program, 'runs', 'list the runs')
    .option('--active', 'those that have not ended')
    .option('--failed', 'those that failed')
    .option('--set <set>', 'of this backup set')
    .option(
      '--kind <kind>',
      'backup, restore, forget, prune, check, verify or catalog-backup',
      oneOf('backup', 'restore', 'forget', 'prune', 'check', 'verify', 'catalog-backup'),
    )
    .option('-n, --limit <count>', 'at most so many', wholeFrom(1, 1_000_000), 20)
    .addHelpText('after', HELP)
    .action(async (options: RunsOptions) => end(await withClient(options, (session) => runs(session, options))))
  clientCommand(program, 'cancel <run>', 'stop a run; what it stored stays')
    .addHelpText('after', '\nRUN is an id, its beginning, or "latest".\n\nExamples:\n  holdfast cancel 019e2b1c-7f3a\n')
    .action(async (run: string, options: ClientOptions) =>
      end(await withClient(options, (session) => cancel(session, run))),
    )
  clientCommand(program, 'retry <run>', 'do it again, as a new run')
    .option('--wait', 'wait until it has ended')
    .addHelpText('after', '\nRUN is an id, its beginning, or "latest".\n\nExamples:\n  holdfast retry latest --wait\n')
    .action(async (run: string, options: ClientOptions & { readonly wait?: boolean }) =>
      end(await withClient(options, (session) => retry(session, run, options.wait))),
    )
}

async function runs(session: ClientSession, { active, failed, set, kind, limit }: RunsOptions): Promise<void> {
  const { client, output, signal } = session
  const setId = set === undefined ? undefined : (await findSet(session, set)).id
  const filter = {
    ...(active === true && { phase: 'active' as const }),
    ...(failed === true && { state: 'failed' as const }),
    ...(kind !== undefined && { kind }),
    ...(setId !== undefined && { setId }),
  }
  const { items, hasMore } = await firstOf((query) => client.runs.list({ ...query, ...filter }, { signal }), limit)
  writeList(output, {
    type: 'run',
    items,
    columns: [
      { title: 'ID' },
      { title: 'What', narrow: 'broken' },
      { title: 'State' },
      { title: 'Asked for' },
      { title: 'By', narrow: 'broken' },
    ],
    row: (run) => [shortId(run.id), runName(run), run.state, when(run.queuedAt), run.requestedBy ?? run.trigger],
    empty: active === true ? 'Nothing runs.' : failed === true ? 'No run failed.' : 'There was no run yet.',
    more: hasMore ? `There are more: --limit ${limit * 2}` : undefined,
  })
}

async function cancel(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id } = await findRun(session, wanted)
  const run = await client.runs.cancel({ id }, { signal })
  output.say(`The run ${shortId(id)} (${runName(run)}) is ${run.state}.`)
  output.emit({ message_type: 'run', ...run })
}

async function retry(session: ClientSession, wanted: string, wait: boolean | undefined): Promise<ExitCode | void> {
  const { id } = await findRun(session, wanted)
  return toldOrAwaited(session, await session.client.runs.retry({ id }, { signal: session.signal }), wait)
}
