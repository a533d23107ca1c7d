import { type Command, Option } from 'commander'

import { CoreError, formatBytes, formatCount, formatCounted } from '../../base/index.ts'
import type { RestoreRequest } from '../../contract/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { clientCommand, type ClientOptions, collect, type End, oneOf } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { toldOrAwaited } from './follow/wait-for-run.ts'
import { findPoint, findSet } from './lookup/find-in.ts'

const HELP = `
POINT is an id, its beginning, or "latest"; with --set the latest of that backup set. With --original the command says
first what is there already and would be lost; --plan says it and does nothing. FOLDER and PATH are whole paths, on
the computer of the service and in the point. Who may restore where, the service decides.

Exit codes with --wait: 0 all of it, 3 with warnings, 1 it failed. With --plan: 3 where there is not enough room.

Examples:
  holdfast restore latest --set home --to /restored --wait
  holdfast restore 019e2b1c-7f3a --to /restored --path /home/ada/letters --plan
  holdfast restore latest --set home --original --overwrite if-newer --wait
`

interface RestoreOptions extends ClientOptions {
  readonly to?: string
  readonly original?: boolean
  readonly path?: readonly string[]
  readonly overwrite: RestoreRequest['overwrite']
  readonly verify: boolean
  readonly set?: string
  readonly plan?: boolean
  readonly wait?: boolean
}

export function addRestore(program: Command, end: End): void {
  clientCommand(program, 'restore <point>', 'bring a recovery point, or a part of it, back')
    .option('--to <folder>', 'restore to this folder')
    .addOption(new Option('--original', 'restore to where everything was').conflicts('to'))
    .option('--path <path>', 'only this, with all below it (may be given several times)', collect)
    .option(
      '--overwrite <when>',
      'files that are there: always, if-changed, if-newer or never',
      oneOf('always', 'if-changed', 'if-newer', 'never'),
      'if-changed',
    )
    .option('--no-verify', 'do not read again what was written')
    .option('--set <set>', 'of "latest": the latest of this backup set')
    .option('--plan', 'tell what would be done, and do nothing')
    .option('--wait', 'wait until it has ended')
    .addHelpText('after', HELP)
    .action(async (point: string, options: RestoreOptions) =>
      end(await withClient(options, (session) => restore(session, point, options))),
    )
}

async function restore(session: ClientSession, wanted: string, options: RestoreOptions): Promise<ExitCode | void> {
  const { client, paths, signal } = session
  const target = targetOf(options, paths)
  const setId = options.set === undefined ? undefined : (await findSet(session, options.set)).id
  const point = await findPoint(session, wanted, setId)
  const request: RestoreRequest = {
    pointId: point.id,
    paths: (options.path ?? ['/']).map(paths.pathOfArgument),
    target,
    overwrite: options.overwrite,
    verify: options.verify,
  }
  if (options.plan === true) return plan(session, request)
  if (options.original === true) await warnOfLoss(session, request)
  return toldOrAwaited(session, await client.restores.start(request, { signal }), options.wait)
}

function targetOf(
  { to, original }: RestoreOptions,
  { pathOfArgument }: ClientSession['paths'],
): RestoreRequest['target'] {
  if (original === true) return { kind: 'original' }
  if (to !== undefined) return { kind: 'folder', path: pathOfArgument(to) }
  throw new CoreError('input/invalid', 'Nobody said where to restore to.', {
    safety: 'Nothing was restored.',
    remedy: 'Give --to FOLDER, or --original for where everything was.',
  })
}

/** In place what is there goes: that is said before it does. It is the caller who asked for it, so he is not asked again. */
async function warnOfLoss({ client, output, signal }: ClientSession, request: RestoreRequest): Promise<void> {
  const { existing, existingLookedAt, warnings } = await client.restores.plan(request, { signal })
  if (existing > 0) output.warn(existingText(existing, existingLookedAt))
  for (const warning of warnings) output.warn(`Beware: ${warning}`)
}

function existingText(existing: number, lookedAt: number): string {
  const are = existing === 1 ? 'is' : 'are'
  return `${formatCount(existing)} of the first ${formatCounted(lookedAt, 'file')} ${are} there already.`
}

async function plan({ client, output, paths, signal }: ClientSession, request: RestoreRequest): Promise<ExitCode> {
  const planned = await client.restores.plan(request, { signal })
  output.emit({ message_type: 'plan', ...planned })
  const { files, folders, bytes, bytesFree, existing, existingLookedAt, example, warnings, hasRoom } = planned
  output.say(
    `${formatCounted(files, 'file')} in ${formatCounted(folders, 'folder')}, ${formatBytes(bytes)}; ${bytesFree === null ? 'nobody knows how much is free' : `${formatBytes(bytesFree)} are free`}.`,
  )
  if (example !== null) output.say(`For example ${paths.shownPath(example.from)} to ${paths.shownPath(example.to)}.`)
  if (existing > 0) output.say(existingText(existing, existingLookedAt))
  for (const warning of warnings) output.say(`Beware: ${warning}`)
  output.say('Nothing was restored: this is a plan.')
  return hasRoom ? EXIT.done : EXIT.warnings
}
