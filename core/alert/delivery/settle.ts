import type { Notification } from './notification.ts'

const MINUTE = 60_000

/** The wait after the first failure. It doubles each time. */
const FIRST_WAIT = MINUTE

/** A server that was down for a day is asked this often at least. */
const LONGEST_WAIT = 120 * MINUTE

/** After that nobody is helped by being told. */
const TRIED_FOR = 24 * 60 * MINUTE

/** Rows that were sent, as they are to be saved. `refused`: to whom it was not delivered, where that is not everybody. */
export function settleDelivered(rows: readonly Notification[], refused: string | null, now: number): Notification[] {
  return rows.map((row) => ({
    ...row,
    state: 'delivered',
    attempts: row.attempts + 1,
    triedAt: now,
    lastError: refused,
  }))
}

/** Rows that were not sent, as they are to be saved: all are tried again at the same moment, or given up. */
export function settleFailed(rows: readonly Notification[], error: string, now: number): Notification[] {
  const failures = Math.max(0, ...rows.map(({ attempts }) => attempts))
  const nextAt = now + Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures)
  return rows.map((row) => ({
    ...row,
    state: now - row.createdAt >= TRIED_FOR ? 'given-up' : 'pending',
    attempts: row.attempts + 1,
    nextAt,
    triedAt: now,
    lastError: error,
  }))
}
