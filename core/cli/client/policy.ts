import type { Command } from 'commander'

import { formatCounted } from '../../base/index.ts'
import type { Policy, RetentionDecision } from '../../contract/index.ts'
import { clientCommand, type ClientOptions, type End, groupCommand } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findPolicy, findSet } from './lookup/find-in.ts'
import { policyOptions } from './policy/policy-options.ts'
import { policyParts, scheduleText, shortRetention } from './policy/policy-text.ts'
import { changedSettings, type PolicyOptions, usualSettings } from './policy/settings-of-options.ts'
import { changedParts } from './text/changes.ts'
import { shortId } from './text/names.ts'
import { writeDecisions } from './text/retention-text.ts'
import { when } from './text/when.ts'
import { writeList, writeParts } from './text/write-list.ts'

const HELP = `
A policy says when backups begin, how long their points are kept, and what happens where they fail. A new one keeps all
points of 30 days, then one of each of 12 weeks and 12 months, and begins when somebody asks for it, unless options say
otherwise. \`policy edit\` changes what is given; options that say when replace all that said so before.

Examples:
  holdfast policy add nightly --daily 22:00
  holdfast policy add office --every 4h --between 08:00-18:00 --on mon-fri --keep-days 14
  holdfast policy add archive --monthly -1@22:00 --keep-months 120 --time-zone Europe/Berlin
  holdfast policy edit nightly --keep-years 7
  holdfast policy preview nightly --set home
  holdfast policy show nightly --json > nightly.json
`

type Options = ClientOptions & PolicyOptions & { readonly set?: string; readonly name?: string }

export function addPolicy(program: Command, end: End): void {
  const policy = groupCommand(program, 'policy', 'when backups begin, and how long they are kept', HELP)
  clientCommand(policy, 'list', 'list the policies').action(async (options: ClientOptions) =>
    end(await withClient(options, list)),
  )
  policyOptions(clientCommand(policy, 'add <name>', 'make a policy')).action(async (name: string, options: Options) =>
    end(await withClient(options, (session) => add(session, name, options))),
  )
  clientCommand(policy, 'show <policy>', 'tell everything about one').action(
    async (wanted: string, options: ClientOptions) =>
      end(await withClient(options, (session) => show(session, wanted))),
  )
  policyOptions(clientCommand(policy, 'edit <policy>', 'change what is given; the rest stays'))
    .option('--name <name>', 'call it so')
    .action(async (wanted: string, options: Options) =>
      end(await withClient(options, (session) => edit(session, wanted, options))),
    )
  clientCommand(policy, 'remove <policy>', 'remove one that no backup set uses').action(
    async (wanted: string, options: ClientOptions) =>
      end(await withClient(options, (session) => remove(session, wanted))),
  )
  policyOptions(clientCommand(policy, 'preview [policy]', 'tell what a policy, or options, would do; changes nothing'))
    .option('--set <set>', 'of the points that this backup set has, and not of a year that is made up')
    .action(async (wanted: string | undefined, options: Options) =>
      end(await withClient(options, (session) => preview(session, wanted, options))),
    )
}

async function list({ client, output, signal }: ClientSession): Promise<void> {
  const { items } = await client.policies.list(undefined, { signal })
  writeList(output, {
    type: 'policy',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Name', narrow: 'broken' },
      { title: 'Sets', align: 'right' },
      { title: 'Begins', narrow: 'broken' },
      { title: 'Keeps', narrow: 'broken' },
    ],
    row: ({ id, name, sets, settings }) => [
      shortId(id),
      name,
      String(sets),
      scheduleText(settings.schedule),
      shortRetention(settings.retention),
    ],
    empty: 'There is no policy yet. `holdfast policy add NAME --daily 22:00` makes one.',
  })
}

async function add(session: ClientSession, name: string, options: Options): Promise<void> {
  const { client, output, signal } = session
  const settings = changedSettings(await usual(session), options)
  const made = await client.policies.create({ name, settings }, { signal })
  output.say(`Added the policy ${made.name} (${shortId(made.id)}).`)
  tell(session, made)
}

async function usual({ client, signal }: ClientSession) {
  return usualSettings((await client.settings.get(undefined, { signal })).timeZone)
}

async function show(session: ClientSession, wanted: string): Promise<void> {
  const policy = await findPolicy(session, wanted)
  writeParts(session.output, [
    ['Name', policy.name],
    ['ID', policy.id],
    ['Backup sets', String(policy.sets)],
    ['Changed', when(policy.changedAt)],
  ])
  tell(session, policy)
}

async function edit(session: ClientSession, wanted: string, options: Options): Promise<void> {
  const { client, output, signal } = session
  const { id, name: before, settings, changedAt } = await findPolicy(session, wanted)
  const next = changedSettings(settings, options)
  const changed = await client.policies.update(
    { id, settings: next, ifChangedAt: changedAt, ...(options.name !== undefined && { name: options.name }) },
    { signal },
  )
  const changes = changedParts(named(before, settings), named(changed.name, changed.settings))
  if (changes.length === 0) {
    output.say(`The policy ${changed.name} is as it was: nothing of it was said otherwise.`)
  } else {
    output.say(`Changed the policy ${changed.name}:`)
    writeParts(output, changes)
    if (changed.sets > 0)
      output.say(
        `It holds for ${formatCounted(changed.sets, 'backup set')} from now on, and for the points that they have.`,
      )
  }
  output.emit({ message_type: 'policy', ...changed })
}

function named(name: string, settings: Policy['settings']): (readonly [string, string])[] {
  return [['Name', name], ...policyParts(settings)]
}

function tell({ output }: ClientSession, policy: Policy): void {
  output.emit({ message_type: 'policy', ...policy })
  writeParts(output, policyParts(policy.settings))
}

async function remove(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findPolicy(session, wanted)
  await client.policies.remove({ id }, { signal })
  output.say(`Removed the policy ${name}.`)
  output.emit({ message_type: 'removed', type: 'policy', id, name })
}

/** So many of the next times are told to people. */
const TIMES_TOLD = 10

async function preview(session: ClientSession, wanted: string | undefined, options: Options): Promise<void> {
  const { client, output, signal } = session
  const before = wanted === undefined ? await usual(session) : (await findPolicy(session, wanted)).settings
  const settings = changedSettings(before, options)
  const setId = options.set === undefined ? undefined : (await findSet(session, options.set)).id
  const { times, decisions } = await client.policies.preview(
    { settings, ...(setId !== undefined && { setId }) },
    { signal },
  )
  output.emit({ message_type: 'times', times })
  writeParts(output, policyParts(settings))
  output.say('')
  output.say(times.length === 0 ? 'Nothing begins by itself.' : 'It would begin:')
  for (const time of times.slice(0, TIMES_TOLD)) output.say(`  ${when(time)}`)
  output.say('')
  output.say(setId === undefined ? madeText(decisions) : `Of the points of ${options.set ?? ''} are kept:`)
  writeDecisions(output, decisions, { empty: 'None: there are no points.', onlyKept: setId === undefined })
}

/** Of frequent backups the service looks at the newest alone: since when is said, so that nobody takes them for a year. */
function madeText(decisions: readonly RetentionDecision[]): string {
  const [oldest] = decisions
  if (!oldest) return 'In a year until now it would have made no point.'
  return `Since ${when(oldest.completedAt)} it would have made ${formatCounted(decisions.length, 'point')}. Of these would be kept:`
}
