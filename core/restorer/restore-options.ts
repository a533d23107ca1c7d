import type { Abortable } from '../base/index.ts'
import type { RestoreSelectionOptions } from '../selection/index.ts'
import type { Problem } from './messages.ts'
import type { Overwrite } from './overwrite.ts'
import type { RestoreProgress } from './progress.ts'
import type { RestoreThreads } from './restore-threads.ts'

/** Something that was not restored as it was. */
export type RestoreProblem = Problem

export interface RestoreOptions extends Abortable {
  /** Id of the tree whose entries are restored. */
  readonly tree: Buffer
  /** Absolute path. Made where it is missing. */
  readonly target: Buffer
  /**
   * The target was resolved and checked before, as what somebody may restore to: no link on it is followed, from `/` on,
   * by whatever thread and whenever it was put there; `target/refused` where one is met. Default: links are followed, the
   * target being the choice of a person who may do everything. Below the target no link is followed anyway.
   */
  readonly holdsToPath?: boolean | undefined
  readonly selection: RestoreSelectionOptions
  readonly overwrite: Overwrite
  /** Leaves runs of zeros out of new files. */
  readonly sparse: boolean
  /** Reads every restored file again. */
  readonly verify: boolean
  /** Says what would be restored, and writes nothing. */
  readonly dryRun: boolean
  readonly workers: number
  /** As many threads as `workers`, started before. Whoever started them ends them when they were not needed. */
  readonly threads?: RestoreThreads | undefined
  /** Entries of a file set: fewer take less memory, more read fewer packs twice. */
  readonly mostEntries?: number | undefined
  readonly onProblem: (problem: RestoreProblem) => void
  /** Called some times a second. */
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined
}
