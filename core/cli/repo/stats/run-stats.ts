import { formatBytes, formatCount, formatCounted, reasonOf } from '../../../base/index.ts'
import { type BlobIndex, createTreeLoader, type TreeLoader } from '../../../repository/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { startTicker } from '../text/ticker.ts'
import { countContents } from './count-contents.ts'
import { countRawData } from './count-raw-data.ts'
import { countRestoreSize } from './count-restore-size.ts'
import type { CompressionTotals, OnUnreadable, StatsCounter, StatsTotals } from './stats-counter.ts'
import type { StatsMode, StatsOptions } from './stats-options.ts'

export function runStats(ids: readonly string[], options: StatsOptions): Promise<ExitCode> {
  return withSession(options, 'shared', async (session) => {
    const { repository, output, signal } = session
    const loadIndex = repository.loadIndex({ purpose: 'read', signal })
    // Awaited below; a snapshot that is not there is told first.
    loadIndex.catch(() => undefined)
    const chosen = await chooseSnapshots(session, ids, snapshotFilter(options, process.env))
    const index = await loadIndex
    let problems = chosen.unreadable
    const onUnreadable: OnUnreadable = (what, error) => {
      problems++
      output.warn(`${what} does not count: ${reasonOf(error)}`)
    }
    const counter = COUNTERS[options.mode](createTreeLoader(repository, index), index, onUnreadable)
    const { snapshots } = chosen
    let counted = 0
    using ticker = startTicker(() => showProgress(output, counter.seen, counted, snapshots.length))
    for (const snapshot of snapshots) {
      await counter.add(Buffer.from(snapshot.tree, 'hex'), { signal })
      counted++
    }
    await report(session, options.mode, counter.totals, snapshots.length)
    return problems > 0 ? EXIT.warnings : EXIT.done
  })
}

function showProgress(output: Output, seen: number, counted: number, snapshots: number): void {
  const current = Math.min(counted + 1, snapshots)
  output.status(
    `Snapshot ${current} of ${formatCount(snapshots)}  ${formatCounted(seen, 'entry', 'entries')} looked at`,
  )
  output.emit({
    message_type: 'status',
    snapshots_counted: counted,
    snapshots_count: snapshots,
    entries_seen: seen,
  })
}

type CreateCounter = (trees: TreeLoader, index: BlobIndex, onUnreadable: OnUnreadable) => StatsCounter

const COUNTERS: Readonly<Record<StatsMode, CreateCounter>> = {
  'restore-size': countRestoreSize,
  'files-by-contents': (trees, index, onUnreadable) => countContents(trees, index, onUnreadable, false),
  'blobs-per-file': (trees, index, onUnreadable) => countContents(trees, index, onUnreadable, true),
  'raw-data': countRawData,
}

async function report(
  { output, signal }: Session,
  mode: StatsMode,
  { size, files, blobs, compression }: StatsTotals,
  snapshots: number,
): Promise<void> {
  const ratios = compression && ratiosOf(size, compression)
  output.emit({
    message_type: 'summary',
    mode,
    total_size: size,
    total_file_count: files,
    total_blob_count: blobs,
    snapshots_count: snapshots,
    total_uncompressed_size: compression?.uncompressedSize,
    compression_ratio: ratios?.ratio,
    compression_progress: ratios?.progress,
    compression_space_saving: ratios?.spaceSaving,
  })
  if (output.json) return
  const lines: (readonly [string, string | undefined])[] = [
    ['Snapshots', formatCount(snapshots)],
    ['Files', files === undefined ? undefined : formatCount(files)],
    ['Blobs', blobs === undefined ? undefined : formatCount(blobs)],
    ['Uncompressed', compression && formatBytes(compression.uncompressedSize)],
    [
      'Compressed by',
      ratios && `${ratios.ratio.toFixed(2)}, where it is; that saves ${ratios.spaceSaving.toFixed(1)} % of all`,
    ],
    ['Size', formatBytes(Number(size))],
  ]
  const shown = lines.filter(([, value]) => value !== undefined)
  output.say(`Counted by ${mode}:`)
  await output.write(shown.map(([title, value]) => `${title.padStart(15)}: ${value ?? ''}\n`).join(''), { signal })
}

/** As restic defines them: the ratio is that of the blobs that are compressed, the saving that of all. Per cent. */
function ratiosOf(
  size: bigint,
  { uncompressedSize, compressedBlobs, compressedBlobsBefore }: CompressionTotals,
): { ratio: number; progress: number; spaceSaving: number } {
  return {
    ratio: compressedBlobs > 0 ? compressedBlobsBefore / compressedBlobs : 1,
    progress: uncompressedSize > 0 ? (compressedBlobsBefore / uncompressedSize) * 100 : 0,
    spaceSaving: uncompressedSize > 0 ? (1 - Number(size) / uncompressedSize) * 100 : 0,
  }
}
