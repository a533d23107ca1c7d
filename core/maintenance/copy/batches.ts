import type { StoredSnapshot } from '../../snapshot/index.ts'
import { STATE } from './copy-marks.ts'
import type { Wanted } from './mark-blob.ts'

/** A snapshot that can be copied, and what the destination lacks for it that no earlier one brings. */
export interface PlannedSnapshot extends Readonly<Wanted> {
  readonly snapshot: StoredSnapshot
}

/** Snapshots that are stored together, once all that they need is. */
export interface CopyBatch extends Readonly<Wanted> {
  /** The mark of the blobs that come with it. */
  readonly number: number
  readonly snapshots: readonly PlannedSnapshot[]
}

export interface Batches {
  readonly list: readonly CopyBatch[]
  /** Puts a snapshot into a batch, whose number is returned. */
  add(planned: PlannedSnapshot): number
}

/**
 * A run that is ended loses no more than one batch, or one snapshot where that is larger; and of a history of small
 * snapshots not each gets packs and an index file of its own.
 */
const BATCH_BYTES = 512 * 1024 * 1024
/** Two that follow each other have more than one's bytes together, so that numbers never run out. */
const MOST_BATCHES = 100

/** `bytes`: the most that there can be to copy. `usual`: what a batch may have, unless there would be too many. */
export function createBatches(bytes: number, usual = BATCH_BYTES): Batches {
  const most = Math.max(usual, bytes / MOST_BATCHES)
  const list: { number: number; snapshots: PlannedSnapshot[]; blobs: number; bytes: number }[] = []

  function batchFor(added: number): (typeof list)[number] {
    const last = list.at(-1)
    // What an index claims to be there may be more than there is.
    const isLast = last?.number === STATE.lastBatch
    if (last && (isLast || added === 0 || last.bytes === 0 || last.bytes + added <= most)) return last
    const batch = { number: list.length + 1, snapshots: [], blobs: 0, bytes: 0 }
    list.push(batch)
    return batch
  }

  return {
    list,
    add(planned) {
      const batch = batchFor(planned.bytes)
      batch.snapshots.push(planned)
      batch.blobs += planned.blobs
      batch.bytes += planned.bytes
      return batch.number
    },
  }
}
