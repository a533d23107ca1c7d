import type { Command } from 'commander'

import { formatBytes } from '../../base/index.ts'
import type { Vault } from '../../contract/index.ts'
import { vaultPlaceText } from '../../vault/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { bucketOfArgument, credentialsIn, type GivenPlace, isBucketArgument } from '../place-argument.ts'
import { clientCommand, type ClientOptions, type End, groupCommand } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findVault } from './lookup/find-in.ts'
import { readSecret } from './read-secret.ts'
import { shortId } from './text/names.ts'
import { writeList } from './text/write-list.ts'
import { addVaultCare } from './vault-care.ts'

const HELP = `
A vault is a repository, where it is stored, and its keys. PLACE is a folder, a whole path on the computer
of the service, or a bucket of S3, as restic writes it; its access key is in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, its
region in AWS_REGION.

Examples:
  holdfast vault probe /backup/vault
  holdfast vault add first /backup/vault
  holdfast vault add old /backup/restic --attach --password-file pw
  holdfast vault add cloud s3:https://s3.example.com/bucket/holdfast
  holdfast vault access cloud
  holdfast vault check first --read-data --wait
  holdfast export-kit first --output kit.txt
`

interface AddOptions extends ClientOptions {
  readonly attach?: boolean
  readonly passwordFile?: string
}

export function addVault(program: Command, end: End): void {
  const vault = groupCommand(program, 'vault', 'where recovery points are stored', HELP)
  clientCommand(vault, 'list', 'list the vaults').action(async (options: ClientOptions) =>
    end(await withClient(options, list)),
  )
  clientCommand(vault, 'probe <place>', 'look at a place before a vault is made there').action(
    async (folder: string, options: ClientOptions) =>
      end(await withClient(options, (session) => probe(session, folder))),
  )
  clientCommand(vault, 'add <name> <place>', 'make a vault, or attach a repository that is there')
    .option('--attach', 'attach the repository that is there; its password is asked for')
    .option('-p, --password-file <file>', 'with --attach: a file that holds its password; - is standard input')
    .action(async (name: string, folder: string, options: AddOptions) =>
      end(await withClient(options, (session) => add(session, name, folder, options))),
    )
  clientCommand(vault, 'detach <vault>', 'forget a vault that no backup set uses; what is stored in it stays').action(
    async (wanted: string, options: ClientOptions) =>
      end(await withClient(options, (session) => detach(session, wanted))),
  )
  clientCommand(vault, 'access <vault>', 'give a vault in S3 another access key, which is tried first').action(
    async (wanted: string, options: ClientOptions) =>
      end(await withClient(options, (session) => giveAccess(session, wanted))),
  )
  addVaultCare(vault, end)
}

async function list({ client, output, paths, signal }: ClientSession): Promise<void> {
  const { items } = await client.vaults.list(undefined, { signal })
  writeList(output, {
    type: 'vault',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Name', narrow: 'broken' },
      { title: 'State' },
      { title: 'Points', align: 'right' },
      { title: 'Stored', align: 'right' },
      { title: 'Free', align: 'right' },
      { title: 'Kit' },
      { title: 'Place', narrow: 'below' },
    ],
    row: ({ id, name, state, points, bytesStored, bytesFree, kitExportedAt, location }) => [
      shortId(id),
      name,
      state,
      String(points),
      bytesStored === null ? '?' : formatBytes(bytesStored),
      bytesFree === null ? '?' : formatBytes(bytesFree),
      kitExportedAt === null ? 'NO' : 'yes',
      shownPlace(paths, location),
    ],
    empty: 'There is no vault yet. `holdfast vault add NAME PLACE` makes one.',
  })
  for (const { name, problem } of items) if (problem !== null) output.say(`${name}: ${problem}`)
}

const MARKS = { good: '+', hint: '!', problem: 'x' } as const

async function probe(session: ClientSession, folder: string): Promise<ExitCode> {
  const { client, output, signal } = session
  const probed = await client.vaults.probe(placeOf(session, folder), { signal })
  output.emit({ message_type: 'probe', ...probed })
  for (const { severity, message, remedy } of probed.findings)
    output.say(`${MARKS[severity]} ${message}${remedy === null ? '' : ` ${remedy}`}`)
  const isFit = probed.findings.every(({ severity }) => severity !== 'problem')
  output.say(isFit ? 'A vault can be made there.' : 'A vault cannot be made there as it is.')
  return isFit ? EXIT.done : EXIT.warnings
}

async function add(session: ClientSession, name: string, folder: string, options: AddOptions): Promise<void> {
  const { client, output, signal } = session
  const place = placeOf(session, folder)
  const isAttached = options.attach === true || options.passwordFile !== undefined
  const password = isAttached
    ? await readSecret(
        { questions: ['Password of the repository: '], file: options.passwordFile, option: '--password-file' },
        { signal },
      )
    : undefined
  const made = await client.vaults.create({ name, ...place, ...(password !== undefined && { password }) }, { signal })
  output.say(
    `${isAttached ? 'Attached' : 'Made'} the vault ${made.name} (${shortId(made.id)}), repository ${made.repositoryId.slice(0, 8)}.`,
  )
  output.say(
    `Export its recovery kit: holdfast export-kit ${quoted(made.name)} --output FILE. Without it, what is stored is lost with this service.`,
  )
  output.emit({ message_type: 'vault', ...made })
}

async function detach(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, paths, signal } = session
  const { id, name, location } = await findVault(session, wanted)
  await client.vaults.detach({ id }, { signal })
  output.say(`Detached the vault ${name}. What is stored in ${shownPlace(paths, location)} stays.`)
  output.emit({ message_type: 'removed', type: 'vault', id, name })
}

async function giveAccess(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findVault(session, wanted)
  const vault = await client.vaults.update({ id, credentials: credentialsIn(process.env) }, { signal })
  output.say(`The vault ${name} is opened with the new access key from now on.`)
  output.emit({ message_type: 'vault', ...vault })
}

function placeOf({ paths }: ClientSession, argument: string): GivenPlace {
  if (isBucketArgument(argument)) return bucketOfArgument(argument, process.env)
  return { location: { kind: 'directory', path: paths.pathOfArgument(argument) }, credentials: undefined }
}

function shownPlace({ shownPath }: ClientSession['paths'], location: Vault['location']): string {
  return location.kind === 'directory' ? shownPath(location.path) : vaultPlaceText(location)
}

function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `'${name.replaceAll("'", String.raw`'\''`)}'`
}
