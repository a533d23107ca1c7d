import type { Command } from 'commander'

import { clientCommand, type ClientOptions, type End, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { isWholeId } from './lookup/find-object.ts'
import { firstOf } from './lookup/pages.ts'
import { shortId } from './text/names.ts'
import { when } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
Every change and every restore is kept, with who asked for it, also what was refused. The newest come first.

Examples:
  holdfast audit
  holdfast audit --actor ada --limit 200
  holdfast audit --operation restores.start --json
`

interface AuditOptions extends ClientOptions {
  readonly actor?: string
  readonly operation?: string
  readonly limit: number
}

export function addAudit(program: Command, end: End): void {
  clientCommand(program, 'audit', 'list who changed or restored what')
    .option('--actor <user>', 'by this user')
    .option('--operation <name>', 'of this operation of the API, such as runs.cancel')
    .option('-n, --limit <count>', 'at most so many', wholeFrom(1, 1_000_000), 50)
    .addHelpText('after', HELP)
    .action(async (options: AuditOptions) => end(await withClient(options, (session) => audit(session, options))))
}

async function audit(
  { client, output, signal }: ClientSession,
  { actor, operation, limit }: AuditOptions,
): Promise<void> {
  const filter = { ...(actor !== undefined && { actor }), ...(operation !== undefined && { operation }) }
  const { items, hasMore } = await firstOf((query) => client.audit.list({ ...query, ...filter }, { signal }), limit)
  writeList(output, {
    type: 'audit',
    items,
    columns: [
      { title: 'When' },
      { title: 'Who', narrow: 'broken' },
      { title: 'What' },
      { title: 'Outcome' },
      { title: 'Object', narrow: 'broken' },
      { title: 'From', narrow: 'broken' },
    ],
    row: (entry) => [
      when(entry.at),
      entry.actor,
      entry.operation,
      entry.outcome,
      entry.objectName ??
        (entry.object !== null && isWholeId(entry.object) ? shortId(entry.object) : (entry.object ?? '')),
      entry.address ?? '',
    ],
    empty: 'Nothing was changed or restored.',
    more: hasMore ? `There are more: --limit ${limit * 2}` : undefined,
  })
}
