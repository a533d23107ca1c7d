import type { Channel } from './settings.ts'

/** That one raise of one alert, or its end, is told by one channel: a row of the catalog. Moments are milliseconds. */
export interface Notification {
  readonly alertId: string
  /** Which raise of the alert (`OpenAlert.raise`). Id, raise, event and channel together are there once. */
  readonly raise: number
  readonly event: 'raised' | 'over'
  readonly channel: Channel
  /**
   * - `given-up`: it was tried for a day.
   * - `dropped`: it was not told and need not be any more, as it was over, or told otherwise, or the channel was removed.
   */
  readonly state: 'pending' | 'delivered' | 'given-up' | 'dropped'
  readonly attempts: number
  readonly createdAt: number
  /** It is not tried before. */
  readonly nextAt: number
  readonly triedAt: number | null
  /** Why it was not delivered, or to whom it was not. Never holds a secret. */
  readonly lastError: string | null
}

/** What is raised within this time of the first comes in the same message. */
const DIGEST_WAIT = 60_000

export function newNotification(
  of: Pick<Notification, 'alertId' | 'raise' | 'event' | 'channel'>,
  now: number,
): Notification {
  return {
    ...of,
    state: 'pending',
    attempts: 0,
    createdAt: now,
    nextAt: now + DIGEST_WAIT,
    triedAt: null,
    lastError: null,
  }
}

export function isSameNotification(a: Notification, b: Notification): boolean {
  return a.alertId === b.alertId && a.raise === b.raise && a.event === b.event && a.channel === b.channel
}

/** As it is to be saved where it need not be told any more. */
export function droppedNotification(row: Notification): Notification {
  return { ...row, state: 'dropped' }
}
