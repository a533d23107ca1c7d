import { type Command, InvalidArgumentError } from 'commander'

import { formatBytes, formatCounted, formatInstant, parseBytes, systemClock } from '../../base/index.ts'
import type { BandwidthWindow, Cache, CacheSettings, EvictionPreview } from '../../contract/index.ts'
import type { ExitCode } from '../exit-code.ts'
import { heldText, stateText, windowsText } from './cache/cache-text.ts'
import { clientCommand, type ClientOptions, type End, groupCommand, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { toldOrAwaited } from './follow/wait-for-run.ts'
import { findVault } from './lookup/find-in.ts'
import { minutesOf, syncWindowOf } from './policy/rules.ts'
import { when } from './text/when.ts'
import { writeList, writeParts } from './text/write-list.ts'

const HELP = `
A cache keeps a vault's recent recovery points on a local disk. Backups are stored there first, and sent to the vault's place
in the windows that you name, as fast as each says. What the place has, and nobody needs soon, makes room for new backups.

Examples:
  holdfast cache attach cloud /cache --capacity 2T --window mon-fri@20:00-06:00=50mbit --window sat,sun@00:00-24:00=200mbit
  holdfast cache status
  holdfast cache sync cloud --unlimited --wait
  holdfast cache pause cloud --for 2h
  holdfast cache evict cloud --preview
  holdfast cache simulate cloud --change 80G
  holdfast cache decommission cloud --wait
`

interface SettingOptions extends ClientOptions {
  readonly capacity?: number | 'disk'
  readonly window?: BandwidthWindow[]
  readonly hotDays?: number
  readonly high?: number
  readonly low?: number
}

interface AttachOptions extends SettingOptions {
  readonly takeOver?: boolean
}

interface WaitOptions extends ClientOptions {
  readonly wait?: boolean
}

export function addCache(program: Command, end: End): void {
  const cache = groupCommand(program, 'cache', 'local disks before vaults, and what is sent from them', HELP)
  const one = (name: string, description: string): Command => clientCommand(cache, `${name} <vault>`, description)
  clientCommand(cache, 'status [vault]', 'what caches hold, and how far the cloud is behind').action(
    async (wanted: string | undefined, options: ClientOptions) =>
      end(await withClient(options, (session) => (wanted === undefined ? list(session) : show(session, wanted)))),
  )
  settingOptions(clientCommand(cache, 'attach <vault> <folder>', 'give a vault a cache in an empty folder'))
    .option('--take-over', 'the appliance that owned the vault’s place until now does so no longer')
    .action(async (wanted: string, folder: string, options: AttachOptions) =>
      end(await withClient(options, (session) => attach(session, wanted, folder, options))),
    )
  settingOptions(one('set', 'change a cache')).action(async (wanted: string, options: SettingOptions) =>
    end(await withClient(options, (session) => change(session, wanted, options))),
  )
  one('sync', 'send what waits now, whatever the windows say')
    .option('--unlimited', 'as fast as can be; else as the windows allow')
    .option('--wait', 'wait until it has ended')
    .action(async (wanted: string, options: WaitOptions & { readonly unlimited?: boolean }) =>
      end(await withClient(options, (session) => sync(session, wanted, options))),
    )
  one('evict', 'make room now, by what the cloud has and no hot point needs')
    .option('--preview', 'only tell what would go, and which recovery points that touches')
    .option('--wait', 'wait until it has ended')
    .action(async (wanted: string, options: WaitOptions & { readonly preview?: boolean }) =>
      end(
        await withClient(options, (session) =>
          options.preview === true ? previewEviction(session, wanted) : evict(session, wanted, options),
        ),
      ),
    )
  one('audit', 'look now whether the cloud has all that it should have')
    .option('--wait', 'wait until it has ended')
    .action(async (wanted: string, options: WaitOptions) =>
      end(await withClient(options, (session) => audit(session, wanted, options))),
    )
  one('take-over', 'own the vault’s place from now on: the appliance that does so now is gone')
    .option('--wait', 'wait until it has ended')
    .action(async (wanted: string, options: WaitOptions) =>
      end(await withClient(options, (session) => own(session, wanted, options))),
    )
  one('pause', 'send nothing for a while')
    .option('--for <duration>', 'such as 2h; else until somebody resumes it', minutesOf)
    .action(async (wanted: string, options: ClientOptions & { readonly for?: number }) =>
      end(await withClient(options, (session) => pause(session, wanted, options.for))),
    )
  one('resume', 'send again').action(async (wanted: string, options: ClientOptions) =>
    end(await withClient(options, (session) => resume(session, wanted))),
  )
  one('simulate', 'how much would wait in the next four weeks')
    .requiredOption('--change <size>', 'how much backups bring a day, such as 80G', sizeOf)
    .option('--window <window>', 'instead of those of the cache (may be given several times)', syncWindowOf)
    .action(async (wanted: string, options: SimulateOptions) =>
      end(await withClient(options, (session) => simulate(session, wanted, options))),
    )
  one('decommission', 'send all that a cache holds, then take it away')
    .option('--wait', 'wait until all of it is sent')
    .option('--lost', 'its disk is lost: give up what the cloud has not got')
    .action(async (wanted: string, options: WaitOptions & { readonly lost?: boolean }) =>
      end(await withClient(options, (session) => decommission(session, wanted, options))),
    )
}

function settingOptions(command: Command): Command {
  return command
    .option('--capacity <size>', 'hold so much at most, such as 2T; or disk: what its disk takes', capacityOf)
    .option(
      '--window <window>',
      'send then, and so fast: mon-fri@20:00-06:00=50mbit (may be given several times)',
      syncWindowOf,
    )
    .option('--hot-days <days>', 'keep recovery points here for so long', wholeFrom(0, 3650))
    .option('--high <percent>', 'make room where more of the capacity is held', wholeFrom(2, 100))
    .option('--low <percent>', 'until no more than this is', wholeFrom(1, 99))
}

async function list({ client, output, paths, signal }: ClientSession): Promise<void> {
  const { items } = await client.caches.list(undefined, { signal })
  writeList(output, {
    type: 'cache',
    items,
    columns: [
      { title: 'Vault', narrow: 'broken' },
      { title: 'State' },
      { title: 'Held', align: 'right' },
      { title: 'Waiting', align: 'right' },
      { title: 'Off-site by' },
      { title: 'Folder', narrow: 'below' },
    ],
    row: (cache) => {
      const { here, waiting } = heldText(cache)
      return [cache.vault.name, cache.state, here, waiting, when(cache.offSiteAt, '-'), paths.shownPath(cache.folder)]
    },
    empty: 'No vault has a cache. `holdfast cache attach VAULT FOLDER` gives it one.',
  })
  for (const { vault, problem } of items) if (problem !== null) output.say(`${vault.name}: ${problem}`)
}

async function show(session: ClientSession, wanted: string): Promise<void> {
  const { client, signal } = session
  const { id } = await findVault(session, wanted)
  tell(session, await client.caches.get({ vaultId: id }, { signal }))
}

function tell({ output, paths }: ClientSession, cache: Cache): void {
  output.emit({ message_type: 'cache', ...cache })
  const { here, waiting, evicted } = heldText(cache)
  const { settings } = cache
  writeParts(output, [
    ['Vault', cache.vault.name],
    ['Folder', paths.shownPath(cache.folder)],
    ['State', stateText(cache)],
    ['Held here', here],
    ['Waiting to be sent', waiting],
    ['In the cloud alone', evicted],
    ['Off-site by', when(cache.offSiteAt)],
    ['All sent last', when(cache.syncedAt)],
    ['Capacity', settings.capacityBytes === null ? 'what the disk takes' : formatBytes(settings.capacityBytes)],
    ['Marks', `${settings.lowMark} and ${settings.highMark} %`],
    ['Hot for', `${settings.hotDays} days`],
    ['Windows', windowsText(settings.windows)],
    ['Next window', when(cache.nextWindow?.opensAt ?? null)],
  ])
  if (cache.problem !== null) output.say(cache.problem)
}

async function attach(session: ClientSession, wanted: string, folder: string, options: AttachOptions): Promise<void> {
  const { client, paths, signal } = session
  const { id } = await findVault(session, wanted)
  const { takeOver = false } = options
  const given = { folder: paths.pathOfArgument(folder), takeOver, ...settingsOf(options) }
  tell(session, await client.caches.attach({ vaultId: id, ...given }, { signal }))
}

async function change(session: ClientSession, wanted: string, options: SettingOptions): Promise<void> {
  const { client, signal } = session
  const { id } = await findVault(session, wanted)
  tell(session, await client.caches.update({ vaultId: id, ...settingsOf(options) }, { signal }))
}

async function sync(
  session: ClientSession,
  wanted: string,
  { unlimited = false, wait }: WaitOptions & { readonly unlimited?: boolean },
): Promise<ExitCode | void> {
  const { client, signal } = session
  const { id } = await findVault(session, wanted)
  const run = await client.caches.sync({ vaultId: id, isLimited: !unlimited }, { signal })
  return toldOrAwaited(session, run, wait)
}

async function evict(session: ClientSession, wanted: string, { wait }: WaitOptions): Promise<ExitCode | void> {
  const { client, signal } = session
  const { id } = await findVault(session, wanted)
  return toldOrAwaited(session, await client.caches.evict({ vaultId: id }, { signal }), wait)
}

async function previewEviction(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findVault(session, wanted)
  const preview = await client.caches.evictionPreview({ vaultId: id }, { signal })
  output.emit({ message_type: 'eviction_preview', vault_id: id, ...preview })
  writeParts(output, [
    ['Held here', formatBytes(preview.heldBytes)],
    ['Lower mark', formatBytes(preview.targetBytes)],
    ['Would go', goingText(preview)],
    ['Hot', `${formatBytes(preview.keptHotBytes)} that hot recovery points need`],
    ['Not off-site', `${formatBytes(preview.keptUnsentBytes)} that the cloud has not got`],
    ['Folders', `${formatBytes(preview.keptFixedBytes)} of folders and indexes, which stay`],
    ['Short of it', preview.shortBytes === 0 ? '' : `${formatBytes(preview.shortBytes)}: nothing else may go`],
  ])
  for (const { set, completedAt, bytes } of preview.points)
    output.say(`  ${set?.name ?? 'not of a backup set'}, ${when(completedAt)}: ${formatBytes(bytes)} from the cloud`)
  const more = preview.touchedPoints - preview.points.length
  if (more > 0) output.say(`  and ${formatCounted(more, 'older recovery point')}.`)
  output.say(closing(preview, name))
}

function goingText({ files, bytes, touchedPoints }: EvictionPreview): string {
  if (files === 0) return 'nothing'
  return `${formatCounted(files, 'pack')} of ${formatBytes(bytes)}, of ${formatCounted(touchedPoints, 'recovery point')}`
}

function closing({ files, unlookedPoints, shortBytes }: EvictionPreview, name: string): string {
  if (unlookedPoints > 0)
    return `Nobody has looked yet what ${formatCounted(unlookedPoints, 'hot recovery point')} ${unlookedPoints === 1 ? 'needs' : 'need'}: \`holdfast cache evict ${name}\` looks first.`
  if (files > 0)
    return `All of it is in the cloud, and can be restored from there. \`holdfast cache evict ${name}\` lets it go.`
  return shortBytes > 0 ? 'Nothing may go.' : 'There is room enough.'
}

async function audit(session: ClientSession, wanted: string, { wait }: WaitOptions): Promise<ExitCode | void> {
  const { client, signal } = session
  const { id } = await findVault(session, wanted)
  return toldOrAwaited(session, await client.caches.audit({ vaultId: id }, { signal }), wait)
}

async function own(session: ClientSession, wanted: string, { wait }: WaitOptions): Promise<ExitCode | void> {
  const { client, signal } = session
  const { id } = await findVault(session, wanted)
  return toldOrAwaited(session, await client.caches.takeOver({ vaultId: id }, { signal }), wait)
}

async function pause(session: ClientSession, wanted: string, minutes: number | undefined): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findVault(session, wanted)
  const until = minutes === undefined ? null : formatInstant(systemClock.now() + minutes * 60_000)
  const cache = await client.caches.pause({ vaultId: id, until }, { signal })
  output.emit({ message_type: 'cache', ...cache })
  output.say(
    `Nothing is sent for ${name} ${cache.pausedUntil === null ? `until \`holdfast cache resume ${name}\`` : `until ${when(cache.pausedUntil)}`}. Backups go on.`,
  )
}

async function resume(session: ClientSession, wanted: string): Promise<void> {
  const { client, output, signal } = session
  const { id, name } = await findVault(session, wanted)
  const cache = await client.caches.resume({ vaultId: id }, { signal })
  output.emit({ message_type: 'cache', ...cache })
  output.say(`${name} is sent again: ${stateText(cache)}.`)
}

interface SimulateOptions extends ClientOptions {
  readonly change: number
  readonly window?: BandwidthWindow[]
}

async function simulate(session: ClientSession, wanted: string, options: SimulateOptions): Promise<void> {
  const { client, output, signal } = session
  const { id } = await findVault(session, wanted)
  const { settings, held } = await client.caches.get({ vaultId: id }, { signal })
  const backlogBytes = held === null ? 0 : held.local.bytes + held.uploading.bytes
  const asked = { windows: options.window ?? settings.windows, bytesPerDay: options.change, backlogBytes }
  const forecast = await client.caches.simulate(asked, { signal })
  output.emit({ message_type: 'forecast', ...forecast })
  const most = forecast.points.reduce((found, { bytes }) => Math.max(found, bytes), 0)
  const last = forecast.points.at(-1)?.bytes ?? 0
  output.say(
    forecast.isGrowing === true
      ? `It grows without end: after four weeks ${formatBytes(last)} would wait, and more each week. Give more or faster windows.`
      : `It keeps up: never more than ${formatBytes(most)} would wait${forecast.emptyAt === null ? '' : `, and nothing for the first time ${when(forecast.emptyAt)}`}.`,
  )
}

async function decommission(
  session: ClientSession,
  wanted: string,
  { wait, lost = false }: WaitOptions & { readonly lost?: boolean },
): Promise<ExitCode | void> {
  const { client, signal } = session
  const { id } = await findVault(session, wanted)
  return toldOrAwaited(session, await client.caches.detach({ vaultId: id, isLost: lost }, { signal }), wait)
}

function settingsOf({ capacity, window, hotDays, high, low }: SettingOptions): Partial<CacheSettings> {
  return {
    ...(capacity !== undefined && { capacityBytes: capacity === 'disk' ? null : capacity }),
    ...(window !== undefined && { windows: window }),
    ...(hotDays !== undefined && { hotDays }),
    ...(high !== undefined && { highMark: high }),
    ...(low !== undefined && { lowMark: low }),
  }
}

/** Not null for the disk: commander would take that for nothing that was given. */
function capacityOf(text: string): number | 'disk' {
  return text === 'disk' ? text : sizeOf(text)
}

function sizeOf(text: string): number {
  const bytes = parseBytes(text)
  if (bytes !== undefined) return bytes
  throw new InvalidArgumentError('Give a size such as 500G or 2T.')
}
