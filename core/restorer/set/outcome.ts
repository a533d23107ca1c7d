import type { Problem } from '../messages.ts'
import { pathOf } from './place.ts'
import { placeOf, type SetWork } from './set-work.ts'

/** What becomes of the files of a restore, beside those that workers finish. */
export interface Outcome {
  readonly counts: OutcomeCounts
  /** Of files alone: what is not what it was is counted as lost. */
  report(problem: Problem): void
  /** Told once of each file. Nobody will finish it, and so give it the times of a good one. */
  lose(work: SetWork, number: number, reason: string): void
}

export interface OutcomeCounts {
  /** Left as they were. */
  filesSkipped: number
  /** Further names of files. */
  filesLinked: number
  filesLost: number
  /** What lies in folders that could not be made, files and others: told of with these. */
  unnamedLost: number
  /** Those of the lost files that workers had finished before. */
  finishedLost: number
  /** Bytes that were right already, and those of them whose files nobody verifies as they stay what they were. */
  bytesRight: number
  bytesKept: number
}

/** `doubt` is told of each lost file, which must not look like a good one. */
export function createOutcome(
  report: (problem: Problem) => void,
  doubt: (work: SetWork, number: number) => void,
): Outcome {
  const counts = {
    filesSkipped: 0,
    filesLinked: 0,
    filesLost: 0,
    unnamedLost: 0,
    finishedLost: 0,
    bytesRight: 0,
    bytesKept: 0,
  }
  const outcome: Outcome = {
    counts,
    report(problem) {
      if (problem.part === 'file') counts.filesLost++
      report(problem)
    },
    lose(work, number, reason) {
      const { set, fileStates } = work
      if (!fileStates.spoil(number)) return
      doubt(work, number)
      outcome.report({ part: 'file', path: pathOf(placeOf(set, set.files, number)), reason })
    },
  }
  return outcome
}
