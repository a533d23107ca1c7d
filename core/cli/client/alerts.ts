import type { Command } from 'commander'

import { clientCommand, type ClientOptions, type End, groupCommand, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findAlert } from './lookup/find-in.ts'
import { firstOf } from './lookup/pages.ts'
import { shortId } from './text/names.ts'
import { when } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
An alert stays open until what it is about is over. To acknowledge it says that somebody has seen it.

Examples:
  holdfast alerts
  holdfast alerts --all
  holdfast alert ack 019e2b1c-7f3a
`

interface AlertsOptions extends ClientOptions {
  readonly all?: boolean
  readonly limit: number
}

export function addAlerts(program: Command, end: End): void {
  clientCommand(program, 'alerts', 'list the open alerts')
    .option('--all', 'also those that are over')
    .option('-n, --limit <count>', 'at most so many', wholeFrom(1, 1_000_000), 50)
    .addHelpText('after', HELP)
    .action(async (options: AlertsOptions) => end(await withClient(options, (session) => list(session, options))))
  const alert = groupCommand(program, 'alert', 'one alert', HELP)
  clientCommand(alert, 'ack <alert>', 'say that it was seen').action(async (wanted: string, options: ClientOptions) =>
    end(await withClient(options, (session) => acknowledge(session, wanted))),
  )
}

async function list({ client, output, signal }: ClientSession, { all, limit }: AlertsOptions): Promise<void> {
  const phase = all === true ? {} : { phase: 'open' as const }
  const { items, hasMore } = await firstOf((query) => client.alerts.list({ ...query, ...phase }, { signal }), limit)
  writeList(output, {
    type: 'alert',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Severity' },
      { title: 'Since' },
      { title: 'What, and what to do', narrow: 'prose' },
    ],
    row: ({ id, severity, raisedAt, message, remedy, clearedAt, acknowledgedAt, acknowledgedBy }) => [
      shortId(id),
      severity,
      when(raisedAt),
      [
        message,
        remedy,
        ...(acknowledgedAt === null ? [] : [`Seen by ${acknowledgedBy ?? 'somebody'}, ${when(acknowledgedAt)}.`]),
        ...(clearedAt === null ? [] : [`Over since ${when(clearedAt)}.`]),
      ],
    ],
    empty: all === true ? 'There was no alert yet.' : 'There is no open alert.',
    more: hasMore ? `There are more: --limit ${limit * 2}` : undefined,
  })
}

async function acknowledge(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id } = await findAlert(session, wanted)
  const alert = await client.alerts.acknowledge({ id }, { signal })
  output.say(`Acknowledged: ${alert.message}`)
  output.emit({ message_type: 'alert', ...alert })
}
