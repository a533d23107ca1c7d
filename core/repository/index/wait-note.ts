/**
 * How long a pack waits to be removed, as an index file notes it (FORMAT.md, "Indexes"). Milliseconds, times since the
 * epoch; NaN for what is not noted or cannot be read. Whoever reads it asks whether it can be true.
 */
export interface WaitNote {
  /** When it was taken out of the index. */
  readonly since: number
  /** For how long it was promised to stay from then on. */
  readonly grace: number
  /** Where a clock has said an earlier time than `since`: from when on the grace counts while it does. */
  readonly countedFrom: number
}

/** A pack that is taken out of the index now. */
export function newWaitNote(now: number, grace: number): WaitNote {
  return { since: now, grace, countedFrom: Number.NaN }
}

/** What counts where no grace is noted, as earlier versions did not. Longer than most would have asked for. */
export const UNTOLD_GRACE = 7 * 86_400_000

/** Of two notes of the same pack: of each part the later or longer one. */
export function laterNote(a: WaitNote, b: WaitNote): WaitNote {
  return {
    since: larger(a.since, b.since),
    grace: isTold(a.grace) || isTold(b.grace) ? Math.max(graceOf(a), graceOf(b)) : a.grace,
    countedFrom: larger(a.countedFrom, b.countedFrom),
  }
}

export function isSameNote(a: WaitNote, b: WaitNote): boolean {
  return Object.is(a.since, b.since) && Object.is(a.grace, b.grace) && Object.is(a.countedFrom, b.countedFrom)
}

function isTold(grace: number): boolean {
  return grace >= 0
}

function graceOf({ grace }: WaitNote): number {
  return isTold(grace) ? grace : UNTOLD_GRACE
}

/** Any number is larger than none. */
function larger(a: number, b: number): number {
  return Number.isNaN(a) || b > a ? b : a
}
