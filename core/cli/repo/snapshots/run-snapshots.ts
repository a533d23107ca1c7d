import { formatBytes, formatCount } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { groupSnapshots, newestOfEach, type SnapshotGroup, type StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { stringify } from '../../json.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { describeGroup } from '../lookup/group-text.ts'
import { describeNoSnapshots } from '../lookup/no-snapshots.ts'
import { snapshotJson } from '../lookup/snapshot-json.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { type Cell, type Column, formatTable } from '../text/table.ts'
import { createTimeText, type TimeText } from '../text/time-text.ts'
import type { SnapshotsOptions } from './snapshots-options.ts'

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

async function writeObjects(
  { output, signal }: Session,
  groups: readonly SnapshotGroup[],
  { groupBy }: SnapshotsOptions,
): Promise<void> {
  let count = 0
  for (const { key, snapshots } of groups) {
    count += snapshots.length
    const more = { message_type: 'snapshot', ...(groupBy && { group_key: key }) }
    await output.write(snapshots.map((snapshot) => `${snapshotJson(snapshot, more)}\n`).join(''), { signal })
  }
  await output.write(`${stringify({ message_type: 'summary', total_snapshots: count })}\n`, { signal })
}

async function writeTables(
  session: Session,
  groups: readonly SnapshotGroup[],
  { groupBy, compact }: SnapshotsOptions,
  unreadable: number,
): Promise<void> {
  const { output, signal } = session
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
  else if (unreadable === 0) output.say(await describeNoSnapshots(session))
  else output.say('No snapshot can be read.')
}

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'Time' },
  { title: 'Host' },
  { title: 'Tags' },
  { title: 'Paths' },
  { title: 'Size', align: 'right' },
  { title: 'Missed', align: 'right' },
]
const COMPACT = COLUMNS.filter(({ title }) => title !== 'Paths')

function rowOf(
  { id, time: at, hostname, tags, paths, summary, filesMissed }: StoredSnapshot,
  time: TimeText,
  compact: boolean,
): Cell[] {
  const size = summary ? formatBytes(Number(summary.totalBytesProcessed)) : ''
  const missed = filesMissed === undefined ? '' : formatCount(filesMissed)
  const head = [id.slice(0, 8), time.local(at.ns), shown(hostname)]
  if (compact) return [...head, tags.map(shown).join(','), size, missed]
  return [...head, tags.map(shown), paths.map(shown), size, missed]
}

function shown(text: string): string {
  return printable(Buffer.from(text))
}
