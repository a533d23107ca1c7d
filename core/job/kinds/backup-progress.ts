import type { BackupProgress } from '../../archiver/index.ts'
import type { RunContext } from '../process/run-context.ts'

/** Shows how far a backup is as a step of a run's progress. */
export function backupProgress(
  { progress, clock }: Pick<RunContext, 'progress' | 'clock'>,
  step: string,
): (now: BackupProgress) => void {
  const since = clock.monotonic()
  return ({ figures, bytesStored, estimate }) => {
    const seconds = Math.max(0.001, (clock.monotonic() - since) / 1000)
    const bytesDone = figures.bytesProcessed
    const isGuess = estimate?.basis === 'parent'
    // What the parent held says nothing any more once there is more than that.
    const known = estimate?.basis === 'counted' || (isGuess && estimate.bytes >= bytesDone) ? estimate : undefined
    const bytesTotal = known === undefined ? null : Math.max(known.bytes, bytesDone)
    const rate = bytesDone / seconds
    progress({
      step,
      filesDone: figures.filesNew + figures.filesChanged + figures.filesUnmodified,
      filesTotal: known?.files ?? null,
      bytesDone,
      bytesTotal,
      bytesStored,
      bytesPerSecond: Math.round(rate),
      secondsLeft: bytesTotal === null || rate === 0 ? null : (bytesTotal - bytesDone) / rate,
      isEstimate: isGuess,
    })
  }
}
