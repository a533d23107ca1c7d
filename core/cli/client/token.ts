import { type Command, InvalidArgumentError, Option } from 'commander'

import type { Token } from '../../contract/index.ts'
import { clientCommand, type ClientOptions, type End, groupCommand, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findToken } from './lookup/find-in.ts'
import { readSecret } from './read-secret.ts'
import { writeSecretFile } from './secret-file.ts'
import { shortId } from './text/names.ts'
import { day, when } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
A token is for programs: HOLDFAST_TOKEN_FILE names a file that holds one. It may no more than it was given, and no more than
you may: own (its own affairs), view, browse, restore, operate, configure, administer. It is told once. To make one your password is asked for, also where you
are signed in: with a token that was stolen nobody makes another.

Examples:
  holdfast token create monitoring --access view --output /etc/monitoring/holdfast-token
  holdfast token create nightly --access view,operate --days 30
  holdfast token list
  holdfast token revoke monitoring
`

type Access = Token['access'][number]

interface CreateOptions extends ClientOptions {
  readonly access: Access[]
  readonly days: number
  readonly endless?: boolean
  readonly output?: string
  readonly passwordFile?: string
}

const KNOWN: readonly Access[] = ['own', 'view', 'browse', 'restore', 'operate', 'configure', 'administer']

export function addToken(program: Command, end: End): void {
  const token = groupCommand(program, 'token', 'what programs sign in with', HELP)
  clientCommand(token, 'list', "list your tokens; an administrator's are all").action(async (options: ClientOptions) =>
    end(await withClient(options, list)),
  )
  clientCommand(token, 'create <name>', 'make a token; it is told once')
    .requiredOption('--access <what>', 'what it may, separated by commas', accessOf)
    .option('--days <count>', 'how long it lasts', wholeFrom(1, 3660), 365)
    .addOption(new Option('--endless', 'until it is revoked').conflicts('days'))
    .option('-p, --password-file <file>', 'your password, to prove that it is you; default: asked for')
    .option('-o, --output <file>', 'write it to this file, for you alone, and do not show it')
    .action(async (name: string, options: CreateOptions) =>
      end(await withClient(options, (session) => create(session, name, options))),
    )
  clientCommand(token, 'revoke <token>', 'end a token').action(async (wanted: string, options: ClientOptions) =>
    end(await withClient(options, (session) => revoke(session, wanted))),
  )
}

function accessOf(text: string): Access[] {
  const unknown = text.split(',').find((word) => !KNOWN.some((each) => each === word))
  if (unknown === undefined) return text.split(',') as Access[]
  throw new InvalidArgumentError(`There is no access called ${unknown}: give ${KNOWN.join(', ')}.`)
}

async function list({ client, output, signal }: ClientSession): Promise<void> {
  const { items } = await client.tokens.list(undefined, { signal })
  writeList(output, {
    type: 'token',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Name', narrow: 'broken' },
      { title: 'User', narrow: 'broken' },
      { title: 'Until' },
      { title: 'Seen' },
      { title: 'May', narrow: 'below' },
    ],
    row: ({ id, name, user, expiresAt, lastSeenAt, access }) => [
      shortId(id),
      name,
      user,
      day(expiresAt, 'revoked'),
      when(lastSeenAt, 'never'),
      access.length === KNOWN.length ? 'everything' : access.join(' '),
    ],
    empty: 'There is no token. `holdfast token create NAME --access view` makes one.',
  })
}

async function create({ client, output, signal }: ClientSession, name: string, options: CreateOptions): Promise<void> {
  const { access, days, endless, output: path, passwordFile: file } = options
  const password = await readSecret({ questions: ['Your password: '], file, option: '--password-file' }, { signal })
  const make = () => client.tokens.create({ name, access, days: endless === true ? null : days, password }, { signal })
  if (path === undefined) {
    const { token, secret } = await make()
    output.say(secret)
    output.emit({ message_type: 'token', ...token, secret })
    output.warn('It is shown this once.')
    return
  }
  const token = await writeSecretFile(path, async () => {
    const made = await make()
    return { text: `${made.secret}\n`, result: made.token }
  })
  output.say(`Made the token ${token.name} (${shortId(token.id)}): it is in ${path}.`)
  output.emit({ message_type: 'token', ...token, path })
}

async function revoke(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findToken(session, wanted)
  await client.tokens.revoke({ id }, { signal })
  output.say(`Revoked the token ${name}.`)
  output.emit({ message_type: 'removed', type: 'token', id, name })
}
