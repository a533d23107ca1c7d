import { type Clock, formatBytes, formatDuration } from '../../../base/index.ts'
import type { Output } from '../../output.ts'

/** Programs are told twice a second at the most. */
const TOLD_EVERY = 500

/** How far the work on a disk is. Bytes. */
export interface DiskProgress {
  readonly bytesTotal: number
  readonly bytesDone: number
  /** What the rate is of: what had to be read, or was written. */
  readonly bytesMoved: number
  /** More for programs. */
  readonly more?: Readonly<Record<string, unknown>> | undefined
}

/** Shows it: share, rate, and the time left. */
export function showDiskProgress(output: Output, clock: Clock): (progress: DiskProgress) => void {
  const since = clock.monotonic()
  let told = Number.NEGATIVE_INFINITY
  return ({ bytesTotal, bytesDone, bytesMoved, more }) => {
    const now = clock.monotonic()
    const seconds = Math.max(0.001, (now - since) / 1000)
    const fraction = bytesTotal > 0 ? bytesDone / bytesTotal : 1
    const left = fraction > 0 ? (seconds / fraction) * (1 - fraction) : undefined
    const rate = Math.round(bytesMoved / seconds)
    output.status(
      `${Math.floor(fraction * 100)} %  ${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}  ${formatBytes(rate)}/s` +
        (left === undefined ? '' : `  ${formatDuration(left * 1000)} left`),
    )
    if (now - told < TOLD_EVERY) return
    told = now
    output.emit({
      message_type: 'status',
      seconds_elapsed: Math.round(seconds),
      seconds_remaining: left === undefined ? undefined : Math.round(left),
      percent_done: fraction,
      total_bytes: bytesTotal,
      bytes_done: bytesDone,
      bytes_per_second: rate,
      ...more,
    })
  }
}
