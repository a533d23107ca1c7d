import { type Command, Option } from 'commander'

import { CoreError } from '../../base/index.ts'
import type { User } from '../../contract/index.ts'
import { clientCommand, type ClientOptions, collect, type End, groupCommand, oneOf } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findUser } from './lookup/find-in.ts'
import { readSecret } from './read-secret.ts'
import { endedText } from './text/ended-text.ts'
import { shortId } from './text/names.ts'
import { when } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
Roles: administrator, operator (starts and stops runs, restores), restore-only, viewer. Roots say which folders somebody may
see in recovery points and restore to; without any, all but those of the system. A password is asked for, or read from
--password-file. A new one ends all sessions and all API tokens of the user.

Examples:
  holdfast user add ada --role operator --password-file pw
  holdfast user add kim --role restore-only --source-root /home/kim --restore-root /home/kim
  holdfast user edit ada --role administrator
  holdfast user edit kim --set-password --remove-totp
  holdfast user remove kim
`

interface UserOptions extends ClientOptions {
  readonly role?: User['role']
  readonly passwordFile?: string
  readonly sourceRoot?: readonly string[]
  readonly restoreRoot?: readonly string[]
  readonly anySource?: boolean
  readonly anyTarget?: boolean
  readonly enable?: boolean
  readonly disable?: boolean
  readonly setPassword?: boolean
  readonly removeTotp?: boolean
}

const role = oneOf('administrator', 'operator', 'restore-only', 'viewer')

export function addUser(program: Command, end: End): void {
  const user = groupCommand(program, 'user', 'who may use the service', HELP)
  clientCommand(user, 'list', 'list the users').action(async (options: ClientOptions) =>
    end(await withClient(options, list)),
  )
  clientCommand(user, 'add <name>', 'add a user')
    .requiredOption('--role <role>', 'administrator, operator, restore-only or viewer', role)
    .option('-p, --password-file <file>', 'a file that holds the password; - is standard input')
    .option('--source-root <folder>', 'may see what was in it (may be given several times)', collect)
    .option('--restore-root <folder>', 'may restore to it (may be given several times)', collect)
    .action(async (name: string, options: UserOptions & { readonly role: User['role'] }) =>
      end(await withClient(options, (session) => add(session, name, options))),
    )
  clientCommand(user, 'edit <user>', 'change a user; all of his sessions end')
    .option('--role <role>', 'administrator, operator, restore-only or viewer', role)
    .option('--enable', 'may sign in again')
    .addOption(new Option('--disable', 'may not sign in any more').conflicts('enable'))
    .option('--set-password', 'give a new password, which is asked for')
    .option('-p, --password-file <file>', 'give the password in this file; - is standard input')
    .option('--source-root <folder>', 'may see what was in these, and nothing else', collect)
    .addOption(new Option('--any-source', 'may see all but what belongs to the system').conflicts('sourceRoot'))
    .option('--restore-root <folder>', 'may restore to these, and nowhere else', collect)
    .addOption(new Option('--any-target', 'may restore to all but what belongs to the system').conflicts('restoreRoot'))
    .option('--remove-totp', 'sign in without a second factor again')
    .action(async (wanted: string, options: UserOptions) =>
      end(await withClient(options, (session) => edit(session, wanted, options))),
    )
  clientCommand(user, 'remove <user>', 'remove a user').action(async (wanted: string, options: ClientOptions) =>
    end(await withClient(options, (session) => remove(session, wanted))),
  )
}

async function list({ client, output, paths, signal }: ClientSession): Promise<void> {
  const { items } = await client.users.list(undefined, { signal })
  writeList(output, {
    type: 'user',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Name', narrow: 'broken' },
      { title: 'Role', narrow: 'broken' },
      { title: '2nd factor' },
      { title: 'Seen' },
      { title: 'Roots', narrow: 'below' },
    ],
    row: ({ id, name, role: is, isEnabled, hasTotp, lastSeenAt, sourceRoots, restoreRoots }) => [
      shortId(id),
      name,
      isEnabled ? is : `${is}, disabled`,
      hasTotp ? 'yes' : 'no',
      when(lastSeenAt, 'never'),
      [
        ...(sourceRoots ?? []).map((root) => `sees ${paths.shownPath(root)}`),
        ...(restoreRoots ?? []).map((root) => `to ${paths.shownPath(root)}`),
      ],
    ],
    empty: 'There is no user.',
  })
}

async function newPassword({ passwordFile }: UserOptions, { signal }: ClientSession): Promise<string> {
  return readSecret(
    { questions: ['New password: ', 'The new password again: '], file: passwordFile, option: '--password-file' },
    { signal },
  )
}

async function add(
  session: ClientSession,
  name: string,
  options: UserOptions & { readonly role: User['role'] },
): Promise<void> {
  const { client, output, signal } = session
  const password = await newPassword(options, session)
  const made = await client.users.create(
    { name, password, role: options.role, ...rootsOf(options, session) },
    { signal },
  )
  output.say(`Added the user ${made.name} (${made.role}).`)
  output.emit({ message_type: 'user', ...made })
}

function rootsOf({ sourceRoot, restoreRoot, anySource, anyTarget }: UserOptions, { paths }: ClientSession) {
  return {
    ...(sourceRoot !== undefined && { sourceRoots: sourceRoot.map(paths.pathOfArgument) }),
    ...(restoreRoot !== undefined && { restoreRoots: restoreRoot.map(paths.pathOfArgument) }),
    ...(anySource === true && { sourceRoots: null }),
    ...(anyTarget === true && { restoreRoots: null }),
  }
}

async function edit(session: ClientSession, wanted: string, options: UserOptions): Promise<void> {
  const { client, output, signal } = session
  const { id } = await findUser(session, wanted)
  const isNew = options.setPassword === true || options.passwordFile !== undefined
  const change = {
    ...(options.role !== undefined && { role: options.role }),
    ...(options.enable === true && { isEnabled: true }),
    ...(options.disable === true && { isEnabled: false }),
    ...(options.removeTotp === true && { removeTotp: true }),
    ...rootsOf(options, session),
    ...(isNew && { password: await newPassword(options, session) }),
  }
  if (Object.keys(change).length === 0) {
    throw new CoreError('input/invalid', 'Nobody said what to change.', {
      safety: 'Nothing was changed.',
      remedy: 'Use --help to see what there is.',
    })
  }
  const changed = await client.users.update({ id, ...change }, { signal })
  output.say(`Changed the user ${changed.name} (${changed.role}${changed.isEnabled ? '' : ', disabled'}).`)
  output.say(endedText(changed.ended))
  output.emit({ message_type: 'user', ...changed })
}

async function remove(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findUser(session, wanted)
  await client.users.remove({ id }, { signal })
  output.say(`Removed the user ${name}.`)
  output.emit({ message_type: 'removed', type: 'user', id, name })
}
