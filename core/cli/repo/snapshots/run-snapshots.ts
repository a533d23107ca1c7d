import { formatBytes, formatCount } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { encodeSnapshot, type StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { stringify } from '../../json.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import { type Session, withSession } from '../session.ts'
import { type Cell, type Column, formatTable } from '../text/table.ts'
import { createTimeText, type TimeText } from '../text/time-text.ts'
import { groupSnapshots, newestOfEach, type SnapshotGroup } from './snapshot-groups.ts'
import type { SnapshotsOptions } from './snapshots.ts'

export function runSnapshots(ids: readonly string[], options: SnapshotsOptions): Promise<ExitCode> {
  return withSession(options, 'shared', async (session) => {
    const filter = snapshotFilter(options, process.env)
    const { snapshots, unreadable } = await chooseSnapshots(session, ids, filter)
    const groups = groupSnapshots(snapshots, options.groupBy ?? []).map(({ key, snapshots: members }) => ({
      key,
      snapshots: options.latest === undefined ? members : newestOfEach(members, options.latest),
    }))
    await (options.json ? writeObjects(session, groups, options) : writeTables(session, groups, options, unreadable))
    return unreadable > 0 ? EXIT.warnings : EXIT.done
  })
}

/** A snapshot as restic stores it and shows it to programs. `more` are further members. */
export function snapshotJson(snapshot: StoredSnapshot, more: Readonly<Record<string, unknown>>): string {
  const stored = encodeSnapshot(snapshot).toString()
  const added = stringify({ id: snapshot.id, short_id: snapshot.id.slice(0, 8), ...more })
  return `${stored.slice(0, -1)},${added.slice(1)}\n`
}

async function writeObjects(
  { output, signal }: Session,
  groups: readonly SnapshotGroup[],
  { groupBy }: SnapshotsOptions,
): Promise<void> {
  let count = 0
  for (const { key, snapshots } of groups) {
    count += snapshots.length
    const more = { message_type: 'snapshot', ...(groupBy && { group_key: key }) }
    await output.write(snapshots.map((snapshot) => snapshotJson(snapshot, more)).join(''), { signal })
  }
  await output.write(`${stringify({ message_type: 'summary', total_snapshots: count })}\n`, { signal })
}

async function writeTables(
  { output, signal, repository }: Session,
  groups: readonly SnapshotGroup[],
  { groupBy, compact }: SnapshotsOptions,
  unreadable: number,
): Promise<void> {
  const time = createTimeText()
  let count = 0
  for (const { key, snapshots } of groups) {
    count += snapshots.length
    if (groupBy && groupBy.length > 0) output.say(`Snapshots of ${describeGroup(key)}:`)
    const rows = snapshots.map((snapshot) => rowOf(snapshot, time, compact ?? false))
    await output.write(`${formatTable(compact ? COMPACT : COLUMNS, rows).join('\n')}\n`, { signal })
    if (groupBy && groupBy.length > 0) output.say('')
  }
  if (count > 0) output.say(`${formatCount(count)} ${count === 1 ? 'snapshot' : 'snapshots'}`)
  else if (unreadable === 0) output.say(await describeNothing(repository))
  else output.say('No snapshot can be read.')
}

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'Time' },
  { title: 'Host' },
  { title: 'Tags' },
  { title: 'Paths' },
  { title: 'Size', align: 'right' },
]
const COMPACT = COLUMNS.filter(({ title }) => title !== 'Paths')

function rowOf(
  { id, time: at, hostname, tags, paths, summary }: StoredSnapshot,
  time: TimeText,
  compact: boolean,
): Cell[] {
  const size = summary ? formatBytes(Number(summary.totalBytesProcessed)) : ''
  const head = [id.slice(0, 8), time.local(at.ns), shown(hostname)]
  if (compact) return [...head, tags.map(shown).join(','), size]
  return [...head, tags.map(shown), paths.map(shown), size]
}

function describeGroup({ hostname, paths, tags }: SnapshotGroup['key']): string {
  return [
    hostname !== undefined && `host ${shown(hostname)}`,
    paths && `paths ${paths.map(shown).join(', ')}`,
    tags && (tags.length > 0 ? `tags ${tags.map(shown).join(', ')}` : 'no tags'),
  ]
    .filter((part) => typeof part === 'string')
    .join('; ')
}

async function describeNothing({ storage }: Session['repository']): Promise<string> {
  for await (const _ of storage.list('snapshot')) return 'No snapshot is meant by these options; there are others.'
  return 'There are no snapshots yet. `holdfast repo backup` makes one.'
}

function shown(text: string): string {
  return printable(Buffer.from(text))
}
