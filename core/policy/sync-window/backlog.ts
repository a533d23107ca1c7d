import type { Arrival } from './arrivals.ts'

/** How much waits at a moment. From one to the next it goes in a straight line; where something comes there are two of one moment. */
export interface BacklogPoint {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly bytes: number
}

/** What waits in the CloudCache to be brought away, as time goes on. */
export interface Backlog {
  readonly now: () => BacklogPoint
  /** When something comes next; Infinity where nothing does. */
  readonly nextArrival: () => number
  /** Nothing is sent until then. */
  readonly idle: (until: number) => void
  /** So fast it is sent, until then or until nothing waits any more. */
  readonly send: (until: number, bytesPerSecond: number) => void
  readonly told: () => { readonly points: readonly BacklogPoint[]; readonly sentBytes: number }
}

/** `arrivals` are in their order, none before `from`. */
export function createBacklog(from: number, bytesAtFirst: number, arrivals: readonly Arrival[]): Backlog {
  let at = from
  let bytes = bytesAtFirst
  let sentBytes = 0
  let taken = 0
  const points: BacklogPoint[] = []
  const note = (): void => {
    const last = points.at(-1)
    if (last?.at !== at || last.bytes !== bytes) points.push({ at, bytes })
  }
  const nextArrival = (): number => arrivals[taken]?.at ?? Number.POSITIVE_INFINITY

  /** Time goes on, and so much is gone by then. */
  function goOn(until: number, sent: number): void {
    at = until
    bytes -= sent
    sentBytes += sent
    note()
    for (let next = arrivals[taken]; next && next.at <= at; next = arrivals[++taken]) bytes += next.bytes
    note()
  }

  goOn(from, 0)
  return {
    now: () => ({ at, bytes }),
    nextArrival,
    idle(until) {
      while (at < until) goOn(Math.min(until, nextArrival()), 0)
    },
    send(until, bytesPerSecond) {
      while (at < until && bytes > 0) {
        const stop = Math.min(until, nextArrival())
        const emptyAt = at + Math.ceil((bytes * 1000) / bytesPerSecond)
        if (emptyAt <= stop) goOn(emptyAt, bytes)
        else goOn(stop, Math.min(bytes, ((stop - at) * bytesPerSecond) / 1000))
      }
    },
    told: () => ({ points, sentBytes }),
  }
}
