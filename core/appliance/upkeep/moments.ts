/** Milliseconds. */
export const DAY = 24 * 60 * 60 * 1000

/** How long that is ago; where it is more than a day ahead a clock was wrong, and nobody knows: for ever. */
export function sinceMoment(moment: number, now: number): number {
  return moment > now + DAY ? Number.POSITIVE_INFINITY : now - moment
}
