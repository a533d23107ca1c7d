import { formatBytes, formatCounted, formatDuration } from '../../../base/index.ts'
import type { BrokenSnapshot, CopyDone, CopyPlan } from '../../../maintenance/index.ts'
import type { StoredSnapshot } from '../../../snapshot/index.ts'
import type { Output } from '../../output.ts'

/** Of a damaged snapshot the first few are told. A check of the source names all. */
const MOST_GAPS = 3

export function tellBroken(output: Output, { snapshot, gaps }: BrokenSnapshot): void {
  const shown = gaps.slice(0, MOST_GAPS).join('; ')
  const more = gaps.length > MOST_GAPS ? `; and more` : ''
  output.warn(
    `Snapshot ${snapshot.id.slice(0, 8)} is not copied, as the source lacks some of it: ${shown}${more}. \`holdfast repo check --read-data\` on the source names all of it.`,
  )
  output.emit({ message_type: 'not_copied', source_snapshot_id: snapshot.id, reasons: gaps })
}

/** Nothing is wrong with it: whoever looks after the source did not want it any more. */
export function tellGone(output: Output, { id }: StoredSnapshot): void {
  output.say(`Snapshot ${id.slice(0, 8)} is not copied: somebody removed it from the source meanwhile.`)
  output.emit({ message_type: 'gone', source_snapshot_id: id })
}

export function tellDamage(output: Output, pack: string, blobs: number, reason: string): void {
  output.warn(
    `${formatCounted(blobs, 'blob')} of pack ${pack.slice(0, 10)} of the source cannot be read (${reason}). Other copies are looked for.`,
  )
  output.emit({ message_type: 'source_damage', pack, blobs, reason })
}

/** What a dry run shows of each snapshot. */
export function showPlan(output: Output, { batches, blobs, bytes }: CopyPlan): void {
  for (const { snapshots } of batches) {
    for (const { snapshot, blobs: added, bytes: size } of snapshots) {
      const what = added > 0 ? `${formatCounted(added, 'blob')}, ${formatBytes(size)}` : 'nothing that is not there'
      output.say(`Snapshot ${snapshot.id.slice(0, 8)} would be copied: ${what}.`)
      output.emit({ message_type: 'would_copy', source_snapshot_id: snapshot.id, blobs: added, bytes: size })
    }
  }
  const count = batches.reduce((sum, { snapshots }) => sum + snapshots.length, 0)
  output.say(
    `Dry run: ${formatCounted(count, 'snapshot')} would be copied, with ${formatCounted(blobs, 'blob')} of ${formatBytes(bytes)}. Nothing was changed.`,
  )
}

export interface CopyOutcome extends CopyDone {
  readonly passedOver: number
  readonly dryRun: boolean
  /** Milliseconds. */
  readonly elapsed: number
}

export function tellSummary(output: Output, outcome: CopyOutcome): void {
  const { snapshots, passedOver, broken, gone, blobs, bytes, dryRun, elapsed } = outcome
  if (!dryRun) {
    const others = [
      ...(passedOver > 0 ? [`${passedOver} ${passedOver === 1 ? 'was' : 'were'} there already`] : []),
      ...(broken > 0 ? [`${broken} cannot be copied`] : []),
      ...(gone > 0 ? [`${gone} were removed meanwhile`] : []),
    ]
    const rest = others.length > 0 ? `; ${others.join(', ')}` : ''
    output.say(
      snapshots > 0
        ? `Copied ${formatCounted(snapshots, 'snapshot')} with ${formatCounted(blobs, 'blob')}, stored ${formatBytes(bytes)}, in ${formatDuration(elapsed)}${rest}.`
        : `Copied no snapshot${rest}.`,
    )
  }
  output.emit({
    message_type: 'summary',
    dry_run: dryRun,
    snapshots_copied: snapshots,
    snapshots_passed_over: passedOver,
    snapshots_not_copied: broken,
    snapshots_gone: gone,
    blobs_copied: blobs,
    bytes_stored: bytes,
    seconds_elapsed: elapsed / 1000,
  })
}
