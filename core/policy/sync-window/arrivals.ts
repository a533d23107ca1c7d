const HOUR = 3_600_000

/** What a backup brings to the CloudCache, and when. */
export interface Arrival {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly bytes: number
}

/** What will come: so much a day, in equal parts at the end of each hour, or what is known of each backup. */
export type Change = { readonly bytesPerDay: number } | { readonly arrivals: readonly Arrival[] }

/** What comes from `from` on and before `to`, in its order. What came before is in the backlog already. */
export function arrivalsOf(change: Change, from: number, to: number): Arrival[] {
  const arrivals =
    'arrivals' in change
      ? change.arrivals.toSorted((a, b) => a.at - b.at)
      : Array.from({ length: Math.ceil((to - from) / HOUR) }, (_, hour) => ({
          at: from + (hour + 1) * HOUR,
          bytes: change.bytesPerDay / 24,
        }))
  return arrivals.filter(({ at, bytes }) => at >= from && at < to && bytes > 0)
}
