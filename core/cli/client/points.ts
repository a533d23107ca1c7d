import type { Command } from 'commander'

import { formatBytes, formatCount } from '../../base/index.ts'
import type { Point } from '../../contract/index.ts'
import { clientCommand, type ClientOptions, type End, wholeFrom } from './client-command.ts'
import { type ClientSession, withClient } from './client-session.ts'
import { findSet, findVault } from './lookup/find-in.ts'
import { firstOf } from './lookup/pages.ts'
import { shortId } from './text/names.ts'
import { day, when, whenMade } from './text/when.ts'
import { writeList } from './text/write-list.ts'

const HELP = `
The newest come first. A point that misses files is marked with their number.

Examples:
  holdfast points
  holdfast points --set home --limit 100
  holdfast points --json
`

interface PointsOptions extends ClientOptions {
  readonly set?: string
  readonly vault?: string
  readonly limit: number
}

export function addPoints(program: Command, end: End): void {
  clientCommand(program, 'points', 'list the recovery points')
    .option('--set <set>', 'of this backup set')
    .option('--vault <vault>', 'in this vault')
    .option('-n, --limit <count>', 'at most so many', wholeFrom(1, 1_000_000), 50)
    .addHelpText('after', HELP)
    .action(async (options: PointsOptions) => end(await withClient(options, (session) => points(session, options))))
}

async function points(session: ClientSession, { set, vault, limit }: PointsOptions): Promise<void> {
  const { client, output, signal } = session
  const setId = set === undefined ? undefined : (await findSet(session, set)).id
  const vaultId = vault === undefined ? undefined : (await findVault(session, vault)).id
  const filter = { ...(setId !== undefined && { setId }), ...(vaultId !== undefined && { vaultId }) }
  const { items, hasMore } = await firstOf((query) => client.points.list({ ...query, ...filter }, { signal }), limit)
  const hasCaches = items.some(({ restorableFrom }) => restorableFrom !== null)
  writeList(output, {
    type: 'point',
    items,
    columns: [
      { title: 'ID' },
      { title: 'Completed' },
      { title: 'Set', narrow: 'broken' },
      { title: 'Size', align: 'right' },
      { title: 'Missed', align: 'right' },
      { title: 'Kept until' },
      ...(hasCaches ? [{ title: 'Restorable from' }] : []),
    ],
    row: (point) => [
      shortId(point.id),
      whenMade(point.completedAt, point.timeZone),
      point.set?.name ?? '',
      point.bytes === null ? '' : formatBytes(point.bytes),
      point.filesMissed === 0 ? '' : formatCount(point.filesMissed),
      day(point.keptUntil),
      ...(hasCaches ? [sourceText(point)] : []),
    ],
    empty: 'There is no recovery point yet. `holdfast backup SET --wait` makes one.',
    more: hasMore ? `There are more: --limit ${limit * 2}` : undefined,
  })
}

const SOURCES: Readonly<Record<NonNullable<Point['restorableFrom']>['from'], string>> = {
  cache: 'cache',
  cloud: 'cloud',
  both: 'cache, cloud',
  mixed: 'cache and cloud together',
  neither: 'NOWHERE now',
}

function sourceText({ restorableFrom }: Point): string {
  if (restorableFrom === null) return 'vault'
  const { from, isOffSite, offSiteAt } = restorableFrom
  if (isOffSite) return SOURCES[from]
  return `${SOURCES[from]}; off-site ${when(offSiteAt, 'never as it is')}`
}
