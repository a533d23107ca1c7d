import type { Journal } from '../../cloud-cache/index.ts'
import type { RunContext } from '../process/run-context.ts'

/** Shows how far a sync is: of what waited as it began, and what has come since. */
export function syncProgress(
  journal: Journal,
  { progress, clock }: Pick<RunContext, 'progress' | 'clock'>,
): (sent: { readonly files: number; readonly bytes: number }) => void {
  const since = clock.monotonic()
  const { local, uploading, uploaded } = journal.files.totals()
  const filesTotal = local.files + uploading.files + uploaded.files
  const bytesTotal = local.bytes + uploading.bytes + uploaded.bytes
  return ({ files, bytes }) => {
    const rate = bytes / Math.max(0.001, (clock.monotonic() - since) / 1000)
    progress({
      step: 'sync',
      filesDone: files,
      filesTotal: Math.max(filesTotal, files),
      bytesDone: bytes,
      bytesTotal: Math.max(bytesTotal, bytes),
      bytesStored: bytes,
      bytesPerSecond: Math.round(rate),
      secondsLeft: rate === 0 ? null : Math.max(0, bytesTotal - bytes) / rate,
      isEstimate: true,
    })
  }
}
