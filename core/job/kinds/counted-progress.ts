import type { RunContext } from '../process/run-context.ts'

/** Shows a step in which things are counted that take about as long, one as the other. `total`: null while nobody knows. */
export function countedProgress(
  { progress, clock }: Pick<RunContext, 'progress' | 'clock'>,
  step: string,
  total: number | null,
): (done: number) => void {
  const since = clock.monotonic()
  return (done) => {
    const secondsEach = (clock.monotonic() - since) / 1000 / done
    progress({
      step,
      filesDone: done,
      filesTotal: total,
      bytesDone: 0,
      bytesTotal: null,
      bytesStored: 0,
      bytesPerSecond: 0,
      secondsLeft: total === null || done === 0 ? null : (total - done) * secondsEach,
      isEstimate: false,
    })
  }
}
