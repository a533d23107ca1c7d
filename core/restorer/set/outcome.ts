import type { Problem } from '../messages.ts'
import { pathOf, type Place } from './place.ts'
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

/** `doubt` is told where a lost file lies, and the modification time that it must not have. Nanoseconds. */
export function createOutcome(
  report: (problem: Problem) => void,
  doubt: (place: Place, modified: bigint) => void,
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
    lose({ set, fileStates }, number, reason) {
      if (!fileStates.spoil(number)) return
      const place = placeOf(set, set.files, number)
      doubt(place, set.files.read(number).mtime)
      outcome.report({ part: 'file', path: pathOf(place), reason })
    },
  }
  return outcome
}
