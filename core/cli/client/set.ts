import type { Command } from 'commander'

import { CoreError, formatBytes, formatCounted } from '../../base/index.ts'
import { clientCommand, type ClientOptions, collect, type End, groupCommand, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findPolicy, findSet, findSource, findVault } from './lookup/find-in.ts'
import { firstOf } from './lookup/pages.ts'
import { contentOf, type ContentOptions, largerThan } from './set-content.ts'
import { shortId } from './text/names.ts'
import { writeDecisions } from './text/retention-text.ts'
import { when } from './text/when.ts'
import { writeList, writeParts } from './text/write-list.ts'

const HELP = `
A backup set is a source, which of its content, a vault and a policy. A root that is not there when a backup begins is missed:
the others are backed up, the run ends as a warning that names it, and the point is not complete.

Examples:
  holdfast set add home --vault first --policy nightly --root /home --exclude '*.tmp'
  holdfast set add photos --root /media/usb/photos --allow-missing
  holdfast set list
  holdfast set show home
  holdfast set retention home
  holdfast set change home --policy weekly --hot-days 30
  holdfast set disable home
`

/** `cache`: as the cache of its vault says. Not null for that: commander would take it for nothing that was given. */
type HotDays = number | 'cache'

interface AddOptions extends ClientOptions, ContentOptions {
  readonly source?: string
  readonly vault?: string
  readonly policy?: string
  readonly disabled?: boolean
  readonly hotDays?: HotDays
  readonly allowMissing?: boolean
}

interface ChangeOptions extends ClientOptions {
  readonly name?: string
  readonly policy?: string
  readonly hotDays?: HotDays
}

const HOT_DAYS_HELP = "keep points on the disk of the vault's cache for so long; or cache: as the cache says"

export function addSet(program: Command, end: End): void {
  const set = groupCommand(program, 'set', 'what is protected, where and how', HELP)
  clientCommand(set, 'list', 'list the backup sets').action(async (options: ClientOptions) =>
    end(await withClient(options, list)),
  )
  clientCommand(set, 'add <name>', 'protect something')
    .requiredOption('--root <path>', 'a folder with all below it (may be given several times)', collect)
    .option('--vault <vault>', 'where it is stored; may be left out where there is one')
    .option('--policy <policy>', 'when, and how long it is kept; may be left out where there is one')
    .option('--source <source>', 'may be left out where there is one')
    .option(
      '-e, --exclude <pattern>',
      "leave out what fits, by restic's patterns (may be given several times)",
      collect,
    )
    .option('--no-exclude-caches', 'take folders with a CACHEDIR.TAG, too')
    .option('--exclude-larger-than <size>', 'leave out larger files, such as 2G', largerThan)
    .option('-x, --one-file-system', 'stay on the file systems of the roots')
    .option('--allow-missing', 'take roots that are not there now: on a disk that comes and goes')
    .option('--hot-days <days>', HOT_DAYS_HELP, hotDaysOf)
    .option('--disabled', 'do not begin yet')
    .action(async (name: string, options: AddOptions) =>
      end(await withClient(options, (session) => add(session, name, options))),
    )
  clientCommand(set, 'change <set>', 'change what it is called, its policy, or how long its points stay hot')
    .option('--name <name>', 'call it so')
    .option('--policy <policy>', 'when, and how long it is kept')
    .option('--hot-days <days>', HOT_DAYS_HELP, hotDaysOf)
    .action(async (wanted: string, options: ChangeOptions) =>
      end(await withClient(options, (session) => change(session, wanted, options))),
    )
  const one = (
    verb: string,
    description: string,
    work: (session: ClientSession, wanted: string) => Promise<void>,
  ): void => {
    clientCommand(set, `${verb} <set>`, description).action(async (wanted: string, options: ClientOptions) =>
      end(await withClient(options, (session) => work(session, wanted))),
    )
  }
  one('show', 'tell everything about one', show)
  one('enable', 'back it up by its policy', (session, wanted) => enable(session, wanted, true))
  one('disable', 'do not back it up until it is enabled', (session, wanted) => enable(session, wanted, false))
  one('remove', 'stop protecting it; its recovery points stay', remove)
  one('retention', 'tell which points its policy keeps, and why', retention)
}

async function list({ client, output, signal }: ClientSession): Promise<void> {
  const { items } = await client.sets.list(undefined, { signal })
  writeList(output, {
    type: 'set',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Name', narrow: 'broken' },
      { title: 'Protection' },
      { title: 'Points', align: 'right' },
      { title: 'Newest point' },
      { title: 'Vault', narrow: 'broken' },
    ],
    row: ({ id, name, protection, points, newestPointAt, vault }) => [
      shortId(id),
      name,
      protection,
      String(points),
      when(newestPointAt, 'never'),
      vault.name,
    ],
    empty: 'There is no backup set yet. `holdfast set add` makes one.',
  })
}

async function add(session: ClientSession, name: string, options: AddOptions): Promise<void> {
  const { client, output, signal } = session
  const source =
    options.source === undefined
      ? await theOnly(client.sources.list(undefined, { signal }), 'source')
      : await findSource(session, options.source)
  const vault =
    options.vault === undefined
      ? await theOnly(client.vaults.list(undefined, { signal }), 'vault')
      : await findVault(session, options.vault)
  const policy =
    options.policy === undefined
      ? await theOnly(client.policies.list(undefined, { signal }), 'policy')
      : await findPolicy(session, options.policy)
  const ids = { sourceId: source.id, vaultId: vault.id, policyId: policy.id }
  const made = await client.sets.create(
    {
      name,
      ...ids,
      content: contentOf(options, session.paths),
      isEnabled: options.disabled !== true,
      ...saidOf(options.hotDays),
      allowMissingRoots: options.allowMissing === true,
    },
    { signal },
  )
  output.say(
    `Added the backup set ${made.name} (${shortId(made.id)}): ${made.source.name}, vault ${made.vault.name}, policy ${made.policy.name}.`,
  )
  output.say(
    made.nextRunAt === null
      ? 'It is backed up when somebody asks for it: holdfast backup'
      : `Its first backup begins ${when(made.nextRunAt)}.`,
  )
  output.emit({ message_type: 'set', ...made })
}

async function theOnly<T extends { readonly id: string }>(
  listed: Promise<{ readonly items: readonly T[] }>,
  what: string,
): Promise<T> {
  const { items } = await listed
  const [one] = items
  if (one && items.length === 1) return one
  throw new CoreError(
    'input/invalid',
    one ? `There are several: nobody said which ${what} is meant.` : `There is no ${what} yet.`,
    {
      safety: 'Nothing was changed.',
      remedy: one
        ? `Name it with --${what}; \`holdfast ${what} list\` lists them.`
        : `Make one first: holdfast ${what} add`,
    },
  )
}

async function show(session: ClientSession, wanted: string): Promise<void> {
  const { output, paths } = session
  const set = await findSet(session, wanted)
  const { content } = set
  output.emit({ message_type: 'set', ...set })
  writeParts(output, [
    ['Name', set.name],
    ['ID', set.id],
    ['Protection', set.protection],
    ['Source', set.source.name],
    ['Roots', content.roots.map(paths.shownPath).join(' ')],
    ['Left out', content.excludes.join(' ')],
    ['Caches', content.excludeCaches ? 'left out' : 'taken'],
    ['Larger than', content.excludeLargerThan === null ? '' : `${formatBytes(content.excludeLargerThan)} is left out`],
    ['File systems', content.oneFileSystem ? 'those of the roots' : 'all'],
    ['Vault', set.vault.name],
    ['Policy', set.policy.name],
    ['Hot for', set.hotDays === null ? '' : formatCounted(set.hotDays, 'day')],
    ['Points', String(set.points)],
    ['Size', set.bytesProtected === null ? '' : formatBytes(set.bytesProtected)],
    ['Newest point', when(set.newestPointAt, 'never')],
    ['Newest complete point', when(set.newestCompletePointAt, 'never')],
    ['Next run', when(set.nextRunAt, set.isEnabled ? 'when somebody asks for it' : 'none: it is disabled')],
    ['Runs now', set.runningRunId === null ? '' : shortId(set.runningRunId)],
    ['Last run', set.lastRunId === null ? '' : shortId(set.lastRunId)],
    ['Skipped in a row', set.skips === 0 ? '' : String(set.skips)],
  ])
}

async function change(session: ClientSession, wanted: string, options: ChangeOptions): Promise<void> {
  const { client, output, signal } = session
  const { name, policy, hotDays } = options
  if (name === undefined && policy === undefined && hotDays === undefined)
    throw new CoreError('input/invalid', 'Nobody said what is to change.', {
      safety: 'Nothing was changed.',
      remedy: 'Give --name, --policy or --hot-days.',
    })
  const { id } = await findSet(session, wanted)
  const changed = await client.sets.update(
    {
      id,
      ...(name !== undefined && { name }),
      ...(policy !== undefined && { policyId: (await findPolicy(session, policy)).id }),
      ...saidOf(hotDays),
    },
    { signal },
  )
  output.say(`Changed the backup set ${changed.name}.`)
  output.emit({ message_type: 'set', ...changed })
}

function hotDaysOf(text: string): HotDays {
  return text === 'cache' ? text : wholeFrom(0, 3650)(text)
}

function saidOf(hotDays: HotDays | undefined): { readonly hotDays?: number | null } {
  return hotDays === undefined ? {} : { hotDays: hotDays === 'cache' ? null : hotDays }
}

async function enable(session: ClientSession, wanted: string, isEnabled: boolean): Promise<void> {
  const { client, output, signal } = session
  const { id } = await findSet(session, wanted)
  const changed = await client.sets.update({ id, isEnabled }, { signal })
  output.say(`The backup set ${changed.name} is ${isEnabled ? 'enabled' : 'disabled'}.`)
  output.emit({ message_type: 'set', ...changed })
}

async function remove(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findSet(session, wanted)
  await client.sets.remove({ id }, { signal })
  output.say(`Removed the backup set ${name}. Its recovery points stay.`)
  output.emit({ message_type: 'removed', type: 'set', id, name })
}

async function retention(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findSet(session, wanted)
  const { items: newestFirst } = await firstOf(
    (page) => client.sets.retention({ id, ...page }, { signal }),
    Number.POSITIVE_INFINITY,
  )
  writeDecisions(output, newestFirst.toReversed(), { empty: `${name} has no recovery points yet.` })
}
