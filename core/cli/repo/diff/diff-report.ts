import { formatBytes, formatCount } from '../../../base/index.ts'
import type { DiffTotals, SideTotals } from '../../../snapshot/index.ts'
import { shownArgument } from '../../byte-arguments.ts'
import { stringify } from '../../json.ts'

/** The summary for programs, with restic's members. The snapshots are named as they were asked for. */
export function totalsJson(
  [before, after]: readonly [string, string],
  { changedFiles, added, removed }: DiffTotals,
  unreadable: number,
): string {
  const totals = {
    message_type: 'statistics',
    source_snapshot: shownArgument(before),
    target_snapshot: shownArgument(after),
    changed_files: changedFiles,
    added: sideJson(added),
    removed: sideJson(removed),
    unreadable_folders: unreadable,
  }
  return `${stringify(totals)}\n`
}

function sideJson({ files, dirs, others, dataBlobs, treeBlobs, bytes, unlisted }: SideTotals): Record<string, unknown> {
  return {
    files,
    dirs,
    others,
    data_blobs: dataBlobs,
    tree_blobs: treeBlobs,
    bytes,
    ...(unlisted > 0 && { unlisted_blobs: unlisted }),
  }
}

/** The summary for people. */
export function totalsText({ changedFiles, added, removed }: DiffTotals): string[] {
  const line = (title: string, key: 'files' | 'dirs' | 'others' | 'dataBlobs' | 'treeBlobs', more = ''): string =>
    `${title.padEnd(11)} ${formatCount(added[key]).padStart(8)} new, ${formatCount(removed[key]).padStart(8)} removed${more}`
  return [
    '',
    line('Files:', 'files', `, ${formatCount(changedFiles).padStart(8)} changed`),
    line('Folders:', 'dirs'),
    line('Others:', 'others'),
    line('Data blobs:', 'dataBlobs'),
    line('Tree blobs:', 'treeBlobs'),
    `Added:   ${sizeText(added)}`,
    `Removed: ${sizeText(removed)}`,
  ]
}

function sizeText({ bytes, unlisted }: SideTotals): string {
  const missing = unlisted > 0 ? ` and ${formatCount(unlisted)} blobs that no index lists` : ''
  return `${formatBytes(Number(bytes))}${missing}`
}
