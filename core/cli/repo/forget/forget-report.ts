import { formatCounted, formatInstant } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import type { ForgetGroup, SnapshotDecision } from '../../../maintenance/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import { stringify } from '../../json.ts'
import type { Output } from '../../output.ts'
import { describeGroup } from '../lookup/group-text.ts'
import { snapshotJson } from '../lookup/snapshot-json.ts'
import { type Column, formatTable } from '../text/table.ts'
import { createTimeText } from '../text/time-text.ts'
import { reasonText, untilText } from './reason-text.ts'

const COLUMNS: readonly Column[] = [
  { title: 'ID' },
  { title: 'Time' },
  { title: 'Host' },
  { title: 'Tags' },
  { title: 'Reasons' },
  { title: 'Paths' },
]

/** Shows people what stays and what goes of each group, and why. */
export async function showGroups(
  output: Output,
  groups: readonly ForgetGroup[],
  { compact }: { readonly compact: boolean },
): Promise<void> {
  const time = createTimeText()
  const columns = compact ? COLUMNS.slice(0, -1) : COLUMNS
  const rowOf = ({ snapshot, isKept, reasons, until }: SnapshotDecision): (string | string[])[] => {
    const { id, time: at, hostname, tags, paths } = snapshot
    const why = isKept
      ? reasons.map((reason) => reasonText(reason, time))
      : until === undefined
        ? ''
        : untilText(until, time)
    const cells = [id.slice(0, 8), time.local(at.ns), shown(hostname), tags.map(shown), why, paths.map(shown)]
    return compact ? cells.slice(0, -1) : cells
  }
  for (const { key, decisions } of groups) {
    const described = describeGroup(key)
    if (described !== '') output.say(`Snapshots of ${described}`)
    for (const [word, chosen] of [
      ['Kept', decisions.filter(({ isKept }) => isKept)],
      ['To be removed', decisions.filter(({ isKept }) => !isKept)],
    ] as const) {
      if (chosen.length === 0) continue
      output.say(`${word}: ${formatCounted(chosen.length, 'snapshot')}`)
      for (const line of formatTable(columns, chosen.map(rowOf))) output.say(`  ${line}`)
      output.say('')
    }
  }
}

/** Shows people the snapshots that they named. */
export function showNamed(output: Output, snapshots: readonly StoredSnapshot[]): void {
  const time = createTimeText()
  const rows = snapshots.map(({ id, time: at, hostname, tags, paths }) => [
    id.slice(0, 8),
    time.local(at.ns),
    shown(hostname),
    tags.map(shown),
    paths.map(shown),
  ])
  const columns = COLUMNS.filter(({ title }) => title !== 'Reasons')
  for (const line of formatTable(columns, rows)) output.say(line)
}

/** Tells programs the same, as restic does: one object a group. */
export async function writeGroups(output: Output, groups: readonly ForgetGroup[]): Promise<void> {
  for (const { key, decisions, brakes } of groups) {
    const kept = decisions.filter(({ isKept }) => isKept).toReversed()
    const removed = decisions.filter(({ isKept }) => !isKept).toReversed()
    const { hostname: host = '', paths = null, tags = null } = key
    const head = stringify({ message_type: 'group', host, paths, tags, brakes }).slice(0, -1)
    const lists = `"keep":[${kept.map(({ snapshot }) => snapshotJson(snapshot)).join(',')}],"remove":[${removed.map(({ snapshot }) => snapshotJson(snapshot)).join(',')}]`
    await output.write(`${head},${lists},"reasons":[${kept.map(reasonJson).join(',')}]}\n`)
  }
}

/** restic counts to -1 what has no end, and leaves out what is used up. */
function reasonJson({ snapshot, reasons, until, countsLeft = {} }: SnapshotDecision): string {
  const time = createTimeText()
  const counters = Object.fromEntries(
    Object.entries(countsLeft).flatMap(([rule, left]) =>
      left === 0 ? [] : [[rule, left === Number.POSITIVE_INFINITY ? -1 : left]],
    ),
  )
  const matches = reasons.map((reason) => reasonText(reason, time))
  const more = {
    matches,
    counters,
    ...(until !== undefined && Number.isFinite(until) && { until: formatInstant(until) }),
  }
  return `{"snapshot":${snapshotJson(snapshot)},${stringify(more).slice(1)}`
}

function shown(text: string): string {
  return printable(Buffer.from(text))
}
