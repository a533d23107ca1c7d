import { formatBytes, formatCount, formatCounted, formatDuration } from '../../../base/index.ts'
import type { Progress } from '../../../maintenance/index.ts'
import type { Output } from '../../output.ts'

/** Shows how far a phase has come: in the last line of a terminal, or as a message for programs. */
export function showProgress<Phase extends string>(
  output: Output,
  doing: Readonly<Record<Phase, string>>,
  progress: Progress<Phase>,
): void {
  const { phase, done, total, bytesDone, bytesTotal, folders, rate, left } = progress
  const [part, whole] = bytesTotal > 0 ? [bytesDone, bytesTotal] : [done, total]
  const share = whole > 0 ? Math.min(1, part / whole) : 0
  // Nobody knows how long it takes before anything is done.
  const time = part > 0 ? `  ${formatDuration(left)} left` : ''
  output.status(`${doing[phase]}  ${Math.floor(share * 100)} %  ${amountOf(progress)}${time}`)
  output.emit({
    message_type: 'status',
    phase,
    percent_done: share,
    done,
    total,
    bytes_done: bytesDone,
    bytes_total: bytesTotal,
    ...(folders > 0 && { folders }),
    per_second: Math.round(rate),
    seconds_remaining: Math.round(left / 1000),
  })
}

function amountOf({ done, total, bytesDone, bytesTotal, folders, rate }: Progress<string>): string {
  const perSecond = Math.round(rate)
  if (bytesTotal > 0) return `${formatBytes(bytesDone)} of ${formatBytes(bytesTotal)}  ${formatBytes(perSecond)}/s`
  const things = `${formatCount(done)} of ${formatCount(total)}`
  if (folders > 0) return `${things}  ${formatCounted(folders, 'folder')}  ${formatCount(perSecond)}/s`
  return `${things}  ${formatCount(perSecond)}/s`
}
