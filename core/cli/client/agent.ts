import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { type Command, InvalidArgumentError } from 'commander'

import { CoreError, formatBytes, parseBytes, reasonOf } from '../../base/index.ts'
import type { Agent, AgentSetup } from '../../contract/index.ts'
import { clientCommand, type ClientOptions, type End, groupCommand, oneOf, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findVault } from './lookup/find-in.ts'
import { findObject } from './lookup/find-object.ts'
import { shortId } from './text/names.ts'
import { when } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
An agent is a computer with stock restic, which backs itself up to a vault through the vault door. The door is closed until
you open it (holdfast settings vaultDoor.reach network), and speaks TLS only. What an agent needs is written into a folder, once: bring
it there by a way that nobody else reads.

Examples:
  holdfast agent add web-01 --vault web-01 --output web-01-setup
  holdfast agent list
  holdfast agent set web-01 --quota 500G --rate 10M
  holdfast agent renew web-01 --output web-01-setup
  holdfast agent remove web-01
`

interface LimitOptions extends ClientOptions {
  readonly mode?: Agent['mode']
  readonly quota?: number | null
  readonly rate?: number | null
  readonly overdue?: number | null
}

interface SetupOptions extends ClientOptions {
  readonly output: string
}

export function addAgent(program: Command, end: End): void {
  const agent = groupCommand(program, 'agent', 'computers with restic that back up through the vault door', HELP)
  clientCommand(agent, 'list', 'list the agents').action(async (options: ClientOptions) =>
    end(await withClient(options, list)),
  )
  limitOptions(clientCommand(agent, 'add <name>', 'let a computer back itself up to a vault'))
    .requiredOption('--vault <vault>', 'one of its own')
    .option('--shares', 'the vault is used by others, who trust each other')
    .requiredOption('-o, --output <folder>', 'a new folder for what it needs; it holds secrets')
    .action(async (name: string, options: LimitOptions & SetupOptions & { vault: string; shares?: boolean }) =>
      end(await withClient(options, (session) => add(session, name, options))),
    )
  limitOptions(clientCommand(agent, 'set <agent>', 'change what an agent may do')).action(
    async (wanted: string, options: LimitOptions) =>
      end(await withClient(options, (session) => change(session, wanted, options))),
  )
  clientCommand(agent, 'renew <agent>', 'give it another password; the old one opens nothing any more')
    .requiredOption('-o, --output <folder>', 'a new folder for what it needs; it holds secrets')
    .action(async (wanted: string, options: SetupOptions) =>
      end(await withClient(options, (session) => renew(session, wanted, options.output))),
    )
  clientCommand(agent, 'remove <agent>', 'let it in no more; what it has stored stays').action(
    async (wanted: string, options: ClientOptions) =>
      end(await withClient(options, (session) => remove(session, wanted))),
  )
}

function limitOptions(command: Command): Command {
  return command
    .option(
      '--mode <mode>',
      'append-only: it removes nothing but its own locks; full: it may forget and prune',
      oneOf('append-only', 'full'),
    )
    .option('--quota <size>', 'it may store so much, such as 500G; or none', orNone(sizeOf))
    .option('--rate <size>', 'it may send so much a second, such as 10M; or none', orNone(sizeOf))
    .option('--overdue <hours>', 'alert where it has stored nothing for so long; or none', orNone(wholeFrom(1, 8784)))
}

async function list({ client, output, signal }: ClientSession): Promise<void> {
  const { items } = await client.agents.list(undefined, { signal })
  writeList(output, {
    type: 'agent',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Name', narrow: 'broken' },
      { title: 'Vault', narrow: 'broken' },
      { title: 'May' },
      { title: 'Stored', align: 'right' },
      { title: 'Quota', align: 'right' },
      { title: 'Seen' },
      { title: 'Last snapshot' },
    ],
    row: ({ id, name, vault, mode, bytesStored, quotaBytes, lastSeenAt, lastSnapshotAt, isOverdue }) => [
      shortId(id),
      name,
      vault.name,
      mode,
      formatBytes(bytesStored),
      quotaBytes === null ? '-' : formatBytes(quotaBytes),
      when(lastSeenAt, 'never'),
      `${when(lastSnapshotAt, 'none')}${isOverdue ? ', OVERDUE' : ''}`,
    ],
    empty: 'There is no agent yet. `holdfast agent add NAME --vault VAULT --output FOLDER` makes one.',
  })
}

async function add(
  session: ClientSession,
  name: string,
  options: LimitOptions & SetupOptions & { readonly vault: string; readonly shares?: boolean },
): Promise<void> {
  const { client, output, signal } = session
  const { id } = await findVault(session, options.vault)
  await makeSetupFolder(options.output)
  const wanted = { name, vaultId: id, shares: options.shares === true, ...limitsOf(options) }
  const { agent, setup } = await client.agents.create(wanted, { signal })
  output.emit({ message_type: 'agent', ...agent })
  output.say(`${agent.name} (${shortId(agent.id)}) may back up to ${agent.vault.name}, ${agent.mode}.`)
  await writeSetup(session, setup, options.output)
}

async function change(session: ClientSession, wanted: string, options: LimitOptions): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findAgent(session, wanted)
  const agent = await client.agents.update({ id, ...limitsOf(options) }, { signal })
  output.emit({ message_type: 'agent', ...agent })
  output.say(`${name} was changed.`)
}

async function renew(session: ClientSession, wanted: string, folder: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findAgent(session, wanted)
  await makeSetupFolder(folder)
  const { agent, setup } = await client.agents.renew({ id }, { signal })
  output.emit({ message_type: 'agent', ...agent })
  output.say(`${name} has another password: the old one opens nothing any more.`)
  await writeSetup(session, setup, folder)
}

async function remove(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name, vault } = await findAgent(session, wanted)
  await client.agents.remove({ id }, { signal })
  output.say(`${name} comes in no more. What it has stored in ${vault.name} stays.`)
}

async function findAgent({ client, signal }: ClientSession, wanted: string): Promise<Agent> {
  return findObject((await client.agents.list(undefined, { signal })).items, wanted, 'agent', 'holdfast agent list')
}

/** Before anything is asked for: a secret that is told once must have somewhere to go. */
async function makeSetupFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    throw new CoreError('input/invalid', `The folder ${folder} cannot be made: ${reasonOf(error)}.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Name a folder that is not there yet, in one that is.',
    })
  }
}

async function writeSetup({ output }: ClientSession, setup: AgentSetup, folder: string): Promise<void> {
  const guides = setup.guides.map(({ platform, text }) => ({ name: `${platform}.txt`, text }))
  for (const { name, text } of [...setup.files, ...guides])
    await writeFile(join(folder, name), text, { mode: 0o600, flag: 'wx' })
  output.say(`What it needs is in ${folder}: linux.txt, windows.txt and macos.txt say what to do with it.`)
  if (!setup.isOpen) output.say('The vault door is closed: holdfast settings vaultDoor.reach network')
  if (!setup.files.some(({ name }) => name === 'ca.pem'))
    output.say('There is no certificate yet: once the door was opened, `holdfast agent renew` writes it, too.')
}

function limitsOf({ mode, quota, rate, overdue }: LimitOptions) {
  return {
    ...(mode !== undefined && { mode }),
    ...(quota !== undefined && { quotaBytes: quota }),
    ...(rate !== undefined && { bytesPerSecond: rate }),
    ...(overdue !== undefined && { overdueHours: overdue }),
  }
}

function orNone(parse: (text: string) => number): (text: string) => number | null {
  return (text) => (text === 'none' ? null : parse(text))
}

function sizeOf(text: string): number {
  const bytes = parseBytes(text)
  if (bytes !== undefined) return bytes
  throw new InvalidArgumentError('Give a size such as 500G or 10M.')
}
