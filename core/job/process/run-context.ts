import type { Clock } from '../../base/index.ts'
import type { Bandwidth } from '../../storage/index.ts'
import type { LogLine, MissedEntry, RunProgress } from './report.ts'

/** What the work of a run has beside its order. */
export interface RunContext {
  /** Aborted when the run is to stop, and where the service is gone. */
  readonly signal: AbortSignal
  readonly clock: Clock
  /** Changed while the run goes on, as windows begin and end. */
  readonly bandwidth: Bandwidth
  /** May be called as often as one likes: it is told twice a second. */
  readonly progress: (progress: RunProgress) => void
  /** A part of the run with a name of its own. Parts nest. */
  readonly step: <T>(name: string, work: () => Promise<T>) => Promise<T>
  readonly log: (line: LogLine) => void
  readonly missed: (entry: MissedEntry) => void
  /** Says that from now on it writes to the cloud, past the cache: that has to hear of it afterwards. */
  readonly bypasses: () => Promise<void>
  /**
   * Asks, immediately before a snapshot is written, whether this is still the attempt that may.
   * @throws CoreError `service/unavailable` where it is not.
   */
  readonly mayWrite: () => Promise<void>
}
