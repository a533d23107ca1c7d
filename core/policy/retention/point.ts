/**
 * What a recovery point is restored from: a full one from itself alone, a differential one from the full one before it,
 * a transaction log from the full or differential one before it and all logs since.
 */
export type PointKind = 'full' | 'differential' | 'log'

/** What retention wants to know of a recovery point. */
export interface RetentionPoint {
  readonly id: string
  readonly kind: PointKind
  /** When its job was complete, not when it began (RET-3). Milliseconds since the epoch. */
  readonly completed: number
  /**
   * The zone in which it was made: an IANA name or an offset such as `+01:00`. Kept with the point, so that its day, week,
   * month and year never change, whatever zone the appliance moves to (RET-17).
   */
  readonly timeZone: string
  /** False where its run ended as a warning: something is not in it (RET-21). */
  readonly isComplete: boolean
}
