import type { RestoreProgress } from '../../restorer/index.ts'
import type { RunContext } from '../process/run-context.ts'

/** Shows how far a restore is as a step of a run's progress. */
export function restoreProgress({
  progress,
  clock,
}: Pick<RunContext, 'progress' | 'clock'>): (now: RestoreProgress) => void {
  const since = clock.monotonic()
  return ({ filesDone, filesTotal, bytesDone, bytesTotal, bytesWritten }) => {
    const rate = bytesDone / Math.max(0.001, (clock.monotonic() - since) / 1000)
    progress({
      step: 'restore',
      filesDone,
      filesTotal,
      bytesDone,
      bytesTotal,
      bytesStored: bytesWritten,
      bytesPerSecond: Math.round(rate),
      secondsLeft: rate === 0 ? null : (bytesTotal - bytesDone) / rate,
      isEstimate: false,
    })
  }
}
