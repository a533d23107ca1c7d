import { type Abortable, CoreError } from '../../base/index.ts'
import type { BlobIndex, Repository } from '../../repository/index.ts'
import { assertReachable } from '../../storage/index.ts'
import type { RestoreCrew } from '../restore-crew.ts'
import { createBufferPool } from './buffer-pool.ts'
import { inParallel } from './in-parallel.ts'
import type { Outcome } from './outcome.ts'
import { createPackPlan, LONGEST_READ, type PackRead, splitRead } from './pack-plan.ts'
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

/** Reads of packs that are loaded while workers are busy. */
const READS_AHEAD = 3

export function createPackReader({ repository, index, crew, workers, outcome, signal }: PackReaderParts): PackReader {
  const { storage } = repository
  const atOnce = workers + READS_AHEAD
  const pool = createBufferPool(atOnce, LONGEST_READ)

  /** Returns the rows whose blobs are damaged. */
  async function writeRead({ pack, offset, length, ...rows }: PackRead): Promise<readonly number[]> {
    signal?.throwIfAborted()
    const isLong = length > LONGEST_READ
    const bytes = isLong ? new SharedArrayBuffer(length) : await pool.take()
    try {
      const name = index.packs.idOf(pack).toString('hex')
      await storage.load({ kind: 'pack', name }, { offset, length, into: new Uint8Array(bytes, 0, length), signal })
      const { problems, damaged } = await crew.run('pack', { bytes, offset, ...rows })
      for (const problem of problems) outcome.report(problem)
      return damaged
    } finally {
      if (!isLong) pool.giveBack(bytes)
    }
  }

  async function tryRead(work: SetWork, read: PackRead): Promise<void> {
    let rows: readonly number[]
    let reason = 'a part of its content is damaged in the repository'
    try {
      rows = await writeRead(read)
    } catch (error) {
      signal?.throwIfAborted()
      if (!isStorageFailure(error)) throw error
      await assertReachable(storage, error, { signal })
      // Of a file that was cut off, or lies on a bad spot of a disk, only some blobs cannot be read.
      const halves = error.code === 'storage/not-found' ? undefined : splitRead(index, read)
      if (halves) {
        for (const half of halves) await tryRead(work, half)
        return
      }
      rows = [...read.entries.keys()]
      reason = error.message
    }
    if (rows.length === 0) return
    const copies = createPackPlan(index, rows.length)
    for (const row of rows) if (!copies.addCopy(read, row)) outcome.lose(work, read.files[row] ?? 0, reason)
    for (const copy of copies.reads()) await tryRead(work, copy)
  }

  return { readAll: (work) => inParallel(work.plan.reads(workers), atOnce, (read) => tryRead(work, read)) }
}

function isStorageFailure(error: unknown): error is CoreError {
  return error instanceof CoreError && error.code.startsWith('storage/')
}
