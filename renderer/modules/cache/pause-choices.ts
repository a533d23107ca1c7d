import { instantOfWall, wallOfInstant } from '../../shared/format/index.ts'

export const PAUSE_CHOICES = ['hour', 'morning', 'resumed'] as const
export type PauseChoice = (typeof PAUSE_CHOICES)[number]

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** When people are back, and look. */
const MORNING = 7 * HOUR

/**
 * Until when a sync is paused: RFC 3339. Null: until somebody resumes it. Tomorrow is the appliance's; `now` is in milliseconds
 * since the epoch.
 */
export function pausedUntil(choice: PauseChoice, now: number, timeZone: string): string | null {
  if (choice === 'resumed') return null
  const instant = new Date(now + HOUR).toISOString()
  if (choice === 'hour') return instant
  const wall = wallOfInstant(new Date(now).toISOString(), timeZone)
  return instantOfWall(Math.floor(wall / DAY) * DAY + DAY + MORNING, timeZone)
}
