import type { Command } from 'commander'

import { formatBytes } from '../../base/index.ts'
import type { PointEntry } from '../../contract/index.ts'
import { printable } from '../../file-system/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { stringify } from '../json.ts'
import { clientCommand, type ClientOptions, type End } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findPoint, findSet } from './lookup/find-in.ts'
import { type AskPage, pagesOf } from './lookup/pages.ts'
import { when } from './text/when.ts'

const LS_HELP = `
POINT is an id, its beginning, or "latest"; with --set the latest of that backup set.

Examples:
  holdfast ls latest --set home
  holdfast ls 019e2b1c-7f3a /home/ada --long
`

const FIND_HELP = `
PATTERN is a part of a name, or a whole one with * and ?. Every folder below --path is searched.

Exit codes: 0 something was found, 3 nothing was, 1 it failed.

Examples:
  holdfast find latest letter --set home
  holdfast find 019e2b1c-7f3a '*.pdf' --path /home/ada --long
`

interface EntriesOptions extends ClientOptions {
  readonly set?: string
  readonly long?: boolean
  readonly path?: string
}

export function addEntries(program: Command, end: End): void {
  clientCommand(program, 'ls <point> [path]', 'list a folder of a recovery point')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--set <set>', 'of "latest": the latest of this backup set')
    .addHelpText('after', LS_HELP)
    .action(async (point: string, path: string | undefined, options: EntriesOptions) =>
      end(await withClient(options, (session) => list(session, point, path ?? '/', options))),
    )
  clientCommand(program, 'find <point> <pattern>', 'find names in a recovery point')
    .option('--path <folder>', 'only below this folder')
    .option('-l, --long', 'with mode, owner, size and time')
    .option('--set <set>', 'of "latest": the latest of this backup set')
    .addHelpText('after', FIND_HELP)
    .action(async (point: string, pattern: string, options: EntriesOptions) =>
      end(await withClient(options, (session) => find(session, point, pattern, options))),
    )
}

async function list(session: ClientSession, wanted: string, path: string, options: EntriesOptions): Promise<void> {
  const { client, output, paths, signal } = session
  const id = await idOf(session, wanted, options)
  const at = paths.pathOfArgument(path)
  const count = await writeEntries(
    session,
    (query) => client.points.browse({ ...query, id, path: at }, { signal }),
    options,
  )
  if (count === 0) output.say('This folder is empty.')
}

async function find(
  session: ClientSession,
  wanted: string,
  pattern: string,
  options: EntriesOptions,
): Promise<ExitCode> {
  const { client, output, paths, signal } = session
  const id = await idOf(session, wanted, options)
  const path = paths.pathOfArgument(options.path ?? '/')
  const ask: AskPage<PointEntry> = (query) => client.points.find({ ...query, id, pattern, path }, { signal })
  const count = await writeEntries(session, ask, options)
  if (count === 0) output.say('No name fits.')
  return count === 0 ? EXIT.warnings : EXIT.done
}

async function idOf(session: ClientSession, wanted: string, { set }: EntriesOptions): Promise<string> {
  const setId = set === undefined ? undefined : (await findSet(session, set)).id
  return (await findPoint(session, wanted, setId)).id
}

/** Writes each part as it comes: a folder may have a million entries. Resolves to how many there were. */
async function writeEntries(
  { output, paths, signal }: ClientSession,
  ask: AskPage<PointEntry>,
  { long }: EntriesOptions,
): Promise<number> {
  const line = output.json ? jsonLine : long === true ? longLine : shortLine
  let count = 0
  for await (const { items } of pagesOf(ask)) {
    count += items.length
    await output.write(items.map((entry) => line(entry, paths.shownPath)).join(''), { signal })
  }
  output.emit({ message_type: 'summary', total: count })
  return count
}

type Shown = (path: string) => string

function jsonLine(entry: PointEntry): string {
  return `${stringify({ message_type: 'entry', ...entry })}\n`
}

function shortLine({ path, type }: PointEntry, shownPath: Shown): string {
  return `${shownPath(path)}${type === 'folder' ? '/' : ''}\n`
}

function longLine(
  { path, type, size, mode, owner, group, modifiedAt, linkTarget }: PointEntry,
  shownPath: Shown,
): string {
  const shownSize = size === null || type !== 'file' ? '' : formatBytes(Number(size))
  const link = linkTarget === null ? '' : ` -> ${printable(Buffer.from(linkTarget))}`
  return `${mode} ${owner.padEnd(8)} ${group.padEnd(8)} ${shownSize.padStart(8)} ${when(modifiedAt)} ${shownPath(path)}${link}\n`
}
