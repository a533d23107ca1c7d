import type { Notification } from './notification.ts'
import type { Channel } from './settings.ts'

/** Rows that go out by one channel as one message. */
export interface DueDelivery {
  readonly channel: Channel
  readonly rows: readonly Notification[]
}

/** More than this nobody reads in one message; the rest comes with the next. */
const MOST_AT_ONCE = 100

/**
 * What is to be sent now, at most one message a channel. As soon as one row is due, all others come with it. Where a channel
 * failed, all wait for its next try: a new alert is no reason to ask a server sooner that is down.
 */
export function deliveriesDue(rows: readonly Notification[], now: number): DueDelivery[] {
  const pending = rows.filter(({ state }) => state === 'pending').toSorted((a, b) => a.createdAt - b.createdAt)
  const channels = [...new Set(pending.map(({ channel }) => channel))]
  return channels.flatMap((channel) => {
    const own = pending.filter((row) => row.channel === channel)
    return dueAt(own) <= now ? [{ channel, rows: own.slice(0, MOST_AT_ONCE) }] : []
  })
}

/** When something is to be sent next; undefined where nothing is pending. */
export function nextDeliveryAt(rows: readonly Notification[]): number | undefined {
  const pending = rows.filter(({ state }) => state === 'pending')
  const channels = new Set(pending.map(({ channel }) => channel))
  const moments = [...channels].map((channel) => dueAt(pending.filter((row) => row.channel === channel)))
  return moments.length === 0 ? undefined : Math.min(...moments)
}

function dueAt(rows: readonly Notification[]): number {
  const tried = rows.filter(({ attempts }) => attempts > 0)
  if (tried.length > 0) return Math.max(...tried.map(({ nextAt }) => nextAt))
  return Math.min(...rows.map(({ nextAt }) => nextAt))
}
