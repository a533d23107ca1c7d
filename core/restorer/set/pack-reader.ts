import type { Abortable } from '../../base/index.ts'
import type { BlobIndex, Repository } from '../../repository/index.ts'
import type { RestoreCrew } from '../restore-crew.ts'
import type { Outcome } from './outcome.ts'
import { createPackReads } from './pack-reads.ts'
import type { SetWork } from './set-work.ts'

/** Reads what a set needs of packs, several at a time, and has it written. */
export interface PackReader {
  /** What cannot be read is looked for in other copies. The files of what is left are lost; all others are not. */
  readAll(work: SetWork): Promise<void>
}

export interface PackReaderParts extends Abortable {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly crew: RestoreCrew
  readonly workers: number
  readonly outcome: Outcome
}

export function createPackReader({ repository, crew, outcome, ...parts }: PackReaderParts): PackReader {
  const reads = createPackReads({
    ...parts,
    storage: repository.storage,
    async write(job) {
      const { problems, damaged } = await crew.run('pack', job)
      for (const problem of problems) outcome.report(problem)
      return damaged
    },
  })
  return {
    readAll: (work) =>
      reads.readAll(work.plan, (read, row, reason) => outcome.lose(work, read.files[row] ?? 0, reason)),
  }
}
