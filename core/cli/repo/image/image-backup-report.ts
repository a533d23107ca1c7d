import type { ImageResult } from '../../../archiver/index.ts'
import { formatBytes, formatCounted, formatDuration } from '../../../base/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'

/** Says what was backed up. */
export function reportImageBackup(output: Output, path: string, result: ImageResult, missingPacks: number): ExitCode {
  const { layout, figures, reread, snapshot, parent, wasWritten, duration, bytesAdded, bytesStored } = result
  const rate = formatBytes(Math.round(figures.read / Math.max(0.001, duration / 1000)))
  const { extentsNew, extentsChanged, extentsUnmodified } = figures
  output.say(`Extents: ${extentsNew} new, ${extentsChanged} changed, ${extentsUnmodified} unmodified.`)
  if (reread.extents + reread.blocks > 0) {
    const what = [
      reread.extents > 0 ? formatCounted(reread.extents, 'extent') : '',
      reread.blocks > 0 ? formatCounted(reread.blocks, 'block') : '',
    ].filter((words) => words !== '')
    output.warn(
      `The repository has lost ${what.join(' and ')} of the last snapshot: read again from the disk. Run \`holdfast repo check\`.`,
    )
  }
  if (bytesAdded === 0) output.say('Nothing new: all of it was stored already.')
  else
    output.say(`${snapshot ? 'Added' : 'Would add'} ${formatBytes(bytesAdded)} (${formatBytes(bytesStored)} stored).`)
  output.say(
    `Processed ${formatBytes(layout.bytes)}, of which ${formatBytes(figures.read)} were read, in ${formatDuration(duration)} (${rate}/s).`,
  )
  if (missingPacks > 0)
    output.warn(
      'The index still names packs that are missing. Earlier snapshots may have lost data: run `holdfast repo check`.',
    )
  if (wasWritten)
    output.warn(
      `${path} was written to while it was read: what was stored is a mixture of before and after. Back up a snapshot of the disk, or when nobody uses it.`,
    )
  if (!result.isRemembered)
    output.warn(
      `This computer cannot remember its last snapshot of this disk: with the next --changed give --parent ${snapshot}, lest its areas are applied to another one.`,
    )
  output.say(snapshot ? `Snapshot ${snapshot.slice(0, 8)} saved.` : 'Dry run: nothing was stored.')
  output.emit({
    message_type: 'summary',
    disk_bytes: layout.bytes,
    block_bytes: layout.blockBytes,
    extent_bytes: layout.extentBytes,
    bytes_read: figures.read,
    extents_new: extentsNew,
    extents_changed: extentsChanged,
    extents_unmodified: extentsUnmodified,
    extents_read_again: reread.extents,
    blocks_read_again: reread.blocks,
    data_blobs: result.dataBlobs,
    tree_blobs: result.treeBlobs,
    data_added: bytesAdded,
    data_added_packed: bytesStored,
    tree_bytes_packed: result.treeBytesStored,
    total_duration: duration / 1000,
    missing_packs: missingPacks,
    written_meanwhile: wasWritten,
    remembered: result.isRemembered,
    dry_run: snapshot === undefined,
    parent_id: parent,
    snapshot_id: snapshot,
  })
  return missingPacks > 0 || wasWritten || reread.extents + reread.blocks > 0 ? EXIT.warnings : EXIT.done
}
