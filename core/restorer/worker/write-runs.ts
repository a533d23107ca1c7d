import { setImmediate } from 'node:timers/promises'

import type { PackJob } from '../messages.ts'

/** What became of the rows of one blob: written, being written, or not to be had. */
export type RunWritten = 'damaged' | Promise<void> | undefined

/**
 * Gives the rows of a job to `write`, those of the same blob together: rows are in the order of offsets. Resolves to the
 * damaged ones when all that `write` began has ended.
 */
export async function writeRuns(
  job: PackJob,
  write: (job: PackJob, first: number, end: number) => RunWritten,
  isStopped: () => boolean,
): Promise<number[]> {
  const { entries } = job
  const damaged: number[] = []
  const beingWritten: Promise<void>[] = []
  try {
    for (let row = 0; row < entries.length && !isStopped();) {
      // So that what is written by now gives its memory back.
      if (beingWritten.length > 0) await setImmediate()
      let end = row + 1
      while (entries[end] === entries[row]) end++
      const written = write(job, row, end)
      if (written === 'damaged') for (let each = row; each < end; each++) damaged.push(each)
      else if (written) beingWritten.push(written)
      row = end
    }
  } finally {
    await Promise.all(beingWritten)
  }
  return damaged
}
