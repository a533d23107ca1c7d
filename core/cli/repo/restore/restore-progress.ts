import { type Clock, formatBytes, formatCount, formatCounted, formatDuration } from '../../../base/index.ts'
import type { RestoreProgress } from '../../../restorer/index.ts'
import type { Output } from '../../output.ts'

/** Shows how far a restore is. Where files are read again to verify them, that is half of the work. */
export function showRestoreProgress(
  output: Output,
  clock: Clock,
  { verify }: { readonly verify: boolean },
): (progress: RestoreProgress) => void {
  const since = clock.monotonic()
  return ({ bytesDone, bytesVerified, bytesTotal, filesDone, filesTotal, filesSkipped, filesLost }) => {
    const elapsed = clock.monotonic() - since
    const work = verify ? 2 * bytesTotal : bytesTotal
    const done = bytesDone + bytesVerified
    const rate = done / Math.max(0.001, elapsed / 1000)
    const left = rate > 0 ? ((work - done) / rate) * 1000 : 0
    const fraction = work > 0 ? done / work : 1
    const again = verify ? `  ${formatBytes(bytesVerified)} read again` : ''
    output.status(
      `${Math.floor(fraction * 100)} %  ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}${again}  ` +
        `${formatCount(filesDone)} of ${formatCounted(filesTotal, 'file')}  ${formatBytes(Math.round(rate))}/s  ${formatDuration(left)} left`,
    )
    output.emit({
      message_type: 'status',
      seconds_elapsed: Math.round(elapsed / 1000),
      seconds_remaining: Math.round(left / 1000),
      percent_done: fraction,
      total_files: filesTotal,
      files_restored: filesDone - filesSkipped - filesLost,
      files_skipped: filesSkipped,
      files_lost: filesLost,
      total_bytes: bytesTotal,
      bytes_restored: bytesDone,
      bytes_verified: verify ? bytesVerified : undefined,
      bytes_per_second: Math.round(rate),
    })
  }
}
