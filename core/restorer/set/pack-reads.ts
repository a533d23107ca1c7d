import { type Abortable, CoreError, inParallel } from '../../base/index.ts'
import type { BlobIndex } from '../../repository/index.ts'
import { assertReachable, type Storage } from '../../storage/index.ts'
import type { PackJob } from '../messages.ts'
import { createBufferPool } from './buffer-pool.ts'
import { createPackPlan, LONGEST_READ, type PackPlan, type PackRead, splitRead } from './pack-plan.ts'

/** Reads what a plan needs of packs, several reads at a time. */
export interface PackReads {
  /**
   * What cannot be read is looked for in other copies. Calls `lose` for each row of which there is none that can be: a
   * failure of its own ends the reading.
   */
  readAll(plan: PackPlan, lose: (read: PackRead, row: number, reason: string) => void): Promise<void>
}

export interface PackReadsParts extends Abortable {
  readonly storage: Storage
  readonly index: BlobIndex
  readonly workers: number
  /** Has what was read decoded and written. Resolves to the rows whose blobs are damaged. */
  readonly write: (job: PackJob) => Promise<readonly number[]>
}

/** Reads of packs that are loaded while workers are busy. */
const READS_AHEAD = 3

export function createPackReads({ storage, index, workers, write, signal }: PackReadsParts): PackReads {
  const atOnce = workers + READS_AHEAD
  const pool = createBufferPool(atOnce, LONGEST_READ)
  // A blob may have 128 MiB, and nobody cuts them so: one of those at a time.
  const longTurns = createBufferPool(1, 0)

  /** Returns the rows whose blobs are damaged. */
  async function writeRead({ pack, offset, length, ...rows }: PackRead): Promise<readonly number[]> {
    signal?.throwIfAborted()
    const isLong = length > LONGEST_READ
    const lent = await (isLong ? longTurns : pool).take()
    try {
      const bytes = isLong ? new SharedArrayBuffer(length) : lent
      const name = index.packs.idOf(pack).toString('hex')
      await storage.load({ kind: 'pack', name }, { offset, length, into: new Uint8Array(bytes, 0, length), signal })
      return await write({ bytes, offset, ...rows })
    } finally {
      ;(isLong ? longTurns : pool).giveBack(lent)
    }
  }

  return {
    async readAll(plan, lose) {
      async function tryRead(read: PackRead): Promise<void> {
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
            for (const half of halves) await tryRead(half)
            return
          }
          rows = [...read.entries.keys()]
          reason = error.message
        }
        if (rows.length === 0) return
        const copies = createPackPlan(index, rows.length)
        for (const row of rows) if (!copies.addCopy(read, row)) lose(read, row, reason)
        for (const copy of copies.reads()) await tryRead(copy)
      }
      await inParallel(plan.reads(workers), atOnce, tryRead)
    },
  }
}

function isStorageFailure(error: unknown): error is CoreError {
  return error instanceof CoreError && error.code.startsWith('storage/')
}
