import type { BackupProgress, Estimate, Figures } from '../../../archiver/index.ts'
import { type Clock, formatBytes, formatCount, formatDuration } from '../../../base/index.ts'
import type { Output } from '../../output.ts'

/** Programs are told twice a second at the most, and once more as soon as something was done. */
const TOLD_EVERY = 500

/** Shows how far a backup is: files, bytes, rate, and the time left as soon as it is known, or can be guessed, what there is. */
export function showBackupProgress(output: Output, clock: Clock): (progress: BackupProgress) => void {
  const since = clock.monotonic()
  let told = Number.NEGATIVE_INFINITY
  let isBegun = false
  return ({ figures, bytesStored, estimate }) => {
    const now = clock.monotonic()
    const seconds = Math.max(0.001, (now - since) / 1000)
    const files = figures.filesNew + figures.filesChanged + figures.filesUnmodified
    const rate = figures.bytesProcessed / seconds
    const total = totalOf(figures, estimate)
    // What the last backup held is a guess, and said to be one.
    const about = estimate?.basis === 'parent' ? 'about ' : ''
    const left = total === undefined || rate === 0 ? undefined : ((total - figures.bytesProcessed) / rate) * 1000
    const percent =
      total === undefined || total === 0 ? '' : `${about}${Math.floor((figures.bytesProcessed / total) * 100)} %  `
    const isCountedFirst = estimate?.basis === 'counting' && files === 0 && figures.bytesProcessed === 0
    if (isCountedFirst)
      output.status(`Counting: ${formatCount(estimate.files)} files, ${formatBytes(estimate.bytes)} so far`)
    else
      output.status(
        `${percent}${formatCount(files)} files  ${formatBytes(figures.bytesProcessed)}${total === undefined ? '' : ` of ${about}${formatBytes(total)}`}  ` +
          `${formatBytes(Math.round(rate))}/s  ${formatBytes(bytesStored)} stored${left === undefined ? '' : `  ${about}${formatDuration(left)} left`}`,
      )
    const begins = !isBegun && files > 0
    if (now - told < TOLD_EVERY && !begins) return
    told = now
    isBegun ||= begins
    output.emit({
      message_type: 'status',
      seconds_elapsed: Math.round(seconds),
      seconds_remaining: left === undefined ? undefined : Math.round(left / 1000),
      percent_done: total ? figures.bytesProcessed / total : undefined,
      total_files: estimate?.files,
      total_bytes: estimate?.bytes,
      total_basis: estimate?.basis,
      files_done: files,
      bytes_done: figures.bytesProcessed,
      bytes_stored: bytesStored,
      bytes_per_second: Math.round(rate),
    })
  }
}

/** Bytes that there are. Undefined where nobody knows: not yet, or where there is more by now than the parent held. */
function totalOf({ bytesProcessed }: Figures, estimate: Estimate | undefined): number | undefined {
  if (estimate?.basis === 'counted') return Math.max(estimate.bytes, bytesProcessed)
  return estimate?.basis === 'parent' && estimate.bytes >= bytesProcessed ? estimate.bytes : undefined
}
