import type { Command } from 'commander'

import { clientCommand, type ClientOptions, type End, groupCommand } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findSource } from './lookup/find-in.ts'
import { shortId } from './text/names.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
A source is what backup sets protect: the folders of the computer that the service runs on.

Examples:
  holdfast source list
  holdfast source add "this computer"
  holdfast source remove "this computer"
`

export function addSource(program: Command, end: End): void {
  const source = groupCommand(program, 'source', 'what backup sets protect', HELP)
  clientCommand(source, 'list', 'list the sources').action(async (options: ClientOptions) =>
    end(await withClient(options, list)),
  )
  clientCommand(source, 'add <name>', 'add a source')
    .option('--host <name>', "what recovery points are said to be of (default: the service's computer)")
    .action(async (name: string, options: ClientOptions & { readonly host?: string }) =>
      end(await withClient(options, (session) => add(session, name, options.host))),
    )
  clientCommand(source, 'remove <source>', 'remove a source that no backup set uses').action(
    async (wanted: string, options: ClientOptions) =>
      end(await withClient(options, (session) => remove(session, wanted))),
  )
}

async function list({ client, output, signal }: ClientSession): Promise<void> {
  const { items } = await client.sources.list(undefined, { signal })
  writeList(output, {
    type: 'source',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Name', narrow: 'broken' },
      { title: 'Host', narrow: 'broken' },
      { title: 'Sets', align: 'right' },
      { title: 'There' },
    ],
    row: ({ id, name, settings, sets, isConnected }) => [
      shortId(id),
      name,
      settings.host,
      String(sets),
      isConnected ? 'yes' : 'no',
    ],
    empty: 'There is no source yet. `holdfast source add NAME` makes one.',
  })
}

async function add({ client, output, signal }: ClientSession, name: string, host: string | undefined): Promise<void> {
  const known = host ?? (await client.settings.about(undefined, { signal })).host
  const made = await client.sources.create({ name, settings: { kind: 'file-server', host: known } }, { signal })
  output.say(`Added the source ${made.name} (${shortId(made.id)}), host ${made.settings.host}.`)
  output.emit({ message_type: 'source', ...made })
}

async function remove(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findSource(session, wanted)
  await client.sources.remove({ id }, { signal })
  output.say(`Removed the source ${name}.`)
  output.emit({ message_type: 'removed', type: 'source', id, name })
}
