import { formatBytes, formatCount, formatCounted, formatInstant } from '../../../base/index.ts'
import {
  letsWait,
  newDue,
  type PackReason,
  type PackSum,
  type PrunePlan,
  type PruneSummary,
  waitEnd,
} from '../../../maintenance/index.ts'
import type { Output } from '../../output.ts'
import { type Column, formatTable } from '../text/table.ts'
import { createTimeText } from '../text/time-text.ts'

const COLUMNS: readonly Column[] = [
  { title: 'What' },
  { title: 'Packs', align: 'right' },
  { title: 'Bytes', align: 'right' },
  { title: 'Why' },
]

const REWRITTEN: Readonly<Partial<Record<PackReason, string>>> = {
  'partly-used': 'a part of them is not needed',
  mixed: 'they hold data and folders together',
  small: 'they are much smaller than usual',
  uncompressed: 'they hold what is not compressed',
}

/** Shows people what a prune will do, and why. */
export function showPlan(output: Output, { summary, limits }: PrunePlan): void {
  const { blobs, snapshots, bytesBefore, bytesAfter, bytesWaiting, unusedAfter, waitsUntil } = summary
  output.say(
    `${formatCounted(snapshots, 'snapshot')}; of ${formatBytes(bytesBefore)} ${formatCounted(blobs.used, 'blob')} are needed, ${formatCount(blobs.unused)} are not, ${formatCount(blobs.repeated)} are further copies.`,
  )
  const rows = rowsOf(summary, letsWait(limits))
  for (const line of formatTable(COLUMNS, rows)) output.say(`  ${line}`)
  if (summary.missing > 0) {
    output.say(
      `  ${formatCounted(summary.missing, 'pack')} that the index lists, nobody needs and is not there: taken out of the index.`,
    )
  }
  if (summary.repeated > 0) {
    output.say(`  ${formatCounted(summary.repeated, 'pack')} that several index files list: listed once.`)
  }
  const listed = bytesAfter - bytesWaiting
  const share = listed > 0 ? ((unusedAfter / listed) * 100).toFixed(1) : '0.0'
  const waiting = bytesWaiting > 0 ? ` Of that ${formatBytes(bytesWaiting)} wait to be removed.` : ''
  output.say(
    `Leaves about ${formatBytes(bytesAfter)}, ${formatBytes(unusedAfter)} of it unused (${share} %).${waiting}`,
  )
  if (waitsUntil) output.say(dueText(waitsUntil))
}

function dueText({ first, last }: NonNullable<PruneSummary['waitsUntil']>): string {
  const time = createTimeText()
  const [from, to] = [first, last].map((due) => time.local(BigInt(due) * NANOSECONDS))
  const due = from === to ? `is due at ${from}` : `is due from ${from} to ${to}`
  return `What waits ${due}: the first prune after that removes it, and \`--grace 0\` at once.`
}

const NANOSECONDS = 1_000_000n

function rowsOf(summary: PruneSummary, hasGrace: boolean): string[][] {
  const { keep, repack, remove, unlisted, due, waiting, takeBack } = summary
  const removed = hasGrace ? 'take out of the index' : 'remove'
  const rows: [string, PackSum | undefined, string][] = [
    ['keep', keep, ''],
    ...Object.entries(REWRITTEN).map(([reason, why]): [string, PackSum | undefined, string] => [
      'rewrite',
      repack[reason as PackReason],
      why,
    ]),
    [removed, remove, 'nothing in them is needed'],
    [hasGrace ? 'let wait' : 'remove', unlisted, 'no index lists them: a backup that was ended left them'],
    ['remove', due, 'nothing in them is needed, and no grace is left for them'],
    ['let wait', waiting, 'they were taken out of the index, and are not due yet'],
    ['take back', takeBack, 'they were taken out of the index, and are needed again'],
  ]
  return rows.flatMap(([what, sum, why]) =>
    sum && (sum.packs > 0 || what === 'keep') ? [[what, formatCount(sum.packs), formatBytes(sum.bytes), why]] : [],
  )
}

/** Tells programs the same, and of each pack that does not just stay. */
export function emitPlan(output: Output, { summary, decisions, unlisted, inventory, limits, now }: PrunePlan): void {
  if (!output.json) return
  for (const decision of decisions) {
    const { use, action, reason } = decision
    if (action === 'keep') continue
    const { pack, bytes, blobs, keptBlobs, keptBytes } = use
    output.emit({
      message_type: 'pack',
      id: inventory.ledger.nameOf(pack),
      action,
      reason,
      bytes: Number.isNaN(bytes) ? null : bytes,
      blobs,
      blobs_needed: keptBlobs,
      bytes_needed: keptBytes,
      due: instantOf(waitEnd(decision, limits, now)),
    })
  }
  const unlistedDue = newDue(limits, now)
  for (const { name, size } of unlisted) {
    const action = unlistedDue === undefined ? 'remove' : 'wait'
    output.emit({
      message_type: 'pack',
      id: name,
      action,
      reason: 'unlisted',
      bytes: size,
      due: instantOf(unlistedDue),
    })
  }
  const { blobs, keep, repack, remove, due, waiting, takeBack, missing, repeated } = summary
  output.emit({
    message_type: 'plan',
    snapshots: summary.snapshots,
    blobs,
    bytes_before: summary.bytesBefore,
    packs: {
      keep,
      repack,
      remove,
      unlisted: summary.unlisted,
      due,
      waiting,
      take_back: takeBack,
      missing,
      repeated,
    },
    bytes_repacked: summary.repackedBytes,
    bytes_after: summary.bytesAfter,
    bytes_waiting: summary.bytesWaiting,
    ...(summary.waitsUntil && {
      waits_until: { first: formatInstant(summary.waitsUntil.first), last: formatInstant(summary.waitsUntil.last) },
    }),
    unused_after: summary.unusedAfter,
  })
}

function instantOf(milliseconds: number | undefined): string | undefined {
  return milliseconds === undefined ? undefined : formatInstant(milliseconds)
}
