import { type Clock, formatBytes, formatDuration } from '../../../base/index.ts'
import type { Output } from '../../output.ts'
import { startTicker } from '../text/ticker.ts'
import type { DumpTarget } from './dump-target.ts'

/**
 * Shows how much of a file or an archive is written, until it is disposed. `total` is undefined where nobody knows; bytes.
 */
export function showDumpProgress(
  output: Output,
  clock: Clock,
  target: DumpTarget,
  total: number | undefined,
): Disposable {
  const since = clock.monotonic()
  return startTicker(() => {
    const elapsed = clock.monotonic() - since
    const { written } = target
    const rate = written / Math.max(0.001, elapsed / 1000)
    const left = total === undefined || rate === 0 ? undefined : ((total - written) / rate) * 1000
    const amount = total === undefined ? formatBytes(written) : `${formatBytes(written)} of ${formatBytes(total)}`
    output.status(
      `${amount}  ${formatBytes(Math.round(rate))}/s${left === undefined ? '' : `  ${formatDuration(left)} left`}`,
    )
    output.emit({
      message_type: 'status',
      seconds_elapsed: Math.round(elapsed / 1000),
      seconds_remaining: left === undefined ? undefined : Math.round(left / 1000),
      percent_done: total ? written / total : undefined,
      total_bytes: total,
      bytes_written: written,
    })
  })
}
