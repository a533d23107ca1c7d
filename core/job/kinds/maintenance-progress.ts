import type { Progress } from '../../maintenance/index.ts'
import type { RunContext } from '../process/run-context.ts'

/** Shows the phases of maintenance as steps of a run's progress. Where bytes are not known, what is counted stands for files. */
export function maintenanceProgress({ progress }: Pick<RunContext, 'progress'>): (now: Progress<string>) => void {
  return ({ phase, done, total, bytesDone, bytesTotal, rate, left }) =>
    progress({
      step: phase,
      filesDone: done,
      filesTotal: total > 0 ? total : null,
      bytesDone,
      bytesTotal: bytesTotal > 0 ? bytesTotal : null,
      bytesStored: 0,
      bytesPerSecond: bytesTotal > 0 ? Math.round(rate) : 0,
      secondsLeft: left > 0 ? left / 1000 : null,
      isEstimate: false,
    })
}
