/** What a copy notes of each entry of the source's index, one byte of shared memory each. 0: nothing yet. */
export const STATE = {
  /** From 1 to this: the blob is wanted, with the batch of this number. */
  lastBatch: 250,
  /** Wanted, by the snapshot that is being walked. */
  wanted: 251,
  /** The destination has it; found by the snapshot that is being walked. */
  had: 252,
  /** The same, found by an earlier snapshot. */
  there: 253,
  /** No copy of it can be read. */
  lost: 255,
} as const

/** The bytes, one for each entry. */
export type CopyMarks = Uint8Array<SharedArrayBuffer>

export function createCopyMarks(entries: number): CopyMarks {
  return new Uint8Array(new SharedArrayBuffer(Math.max(1, entries)))
}

/** Ends the walk of a snapshot: what it wants comes with this batch. */
export function settleMarks(marks: CopyMarks, batch: number): void {
  for (let entry = 0; entry < marks.length; entry++) {
    const state = marks[entry]
    if (state === STATE.wanted) marks[entry] = batch
    else if (state === STATE.had) marks[entry] = STATE.there
  }
}

/** Ends the walk of a snapshot that is not copied: what only it wants is as if nobody had looked. */
export function takeBackMarks(marks: CopyMarks): void {
  for (let entry = 0; entry < marks.length; entry++) {
    const state = marks[entry]
    if (state === STATE.wanted || state === STATE.had) marks[entry] = 0
  }
}

/** Forgets all but what is lost. */
export function clearMarks(marks: CopyMarks): void {
  for (let entry = 0; entry < marks.length; entry++) if (marks[entry] !== STATE.lost) marks[entry] = 0
}
