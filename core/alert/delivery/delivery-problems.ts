import type { DeliveryProblem } from '../facts.ts'
import type { Notification } from './notification.ts'
import { type Channel, channelsOf, type DeliverySettings } from './settings.ts'

/** One failure passes by itself; two in a row are told. */
const FAILURES_TOLD = 2

/**
 * Channels by which nothing arrives, or not to everybody. `provenAt`: when a channel was last seen to work otherwise, by a
 * test, or was set up anew: what failed before that says nothing any more.
 */
export function deliveryProblems(
  rows: readonly Notification[],
  settings: DeliverySettings,
  provenAt: Readonly<Partial<Record<Channel, number>>> = {},
): DeliveryProblem[] {
  return channelsOf(settings).flatMap((channel) => {
    const tried = rows
      .filter((row) => row.channel === channel && (row.triedAt ?? 0) > (provenAt[channel] ?? 0))
      .toSorted((a, b) => (a.triedAt ?? 0) - (b.triedAt ?? 0))
    const arrivedAt = tried.findLast(isArrival)?.triedAt ?? 0
    const failed = tried.filter((row) => (row.triedAt ?? 0) > arrivedAt && isTold(row))
    const last = failed.at(-1)
    if (last?.lastError == null) return []
    return [{ channel, since: Math.min(...failed.map(({ createdAt }) => createdAt)), error: last.lastError }]
  })
}

function isArrival({ state, lastError }: Notification): boolean {
  return state === 'delivered' && lastError === null
}

function isTold({ state, attempts, lastError }: Notification): boolean {
  return lastError !== null && (state !== 'pending' || attempts >= FAILURES_TOLD)
}
