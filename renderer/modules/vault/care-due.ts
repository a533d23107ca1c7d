import type { BackupSet, Settings } from '../../../core/contract/index.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** When something is to be done by itself: a day of the calendar and a time, both by the appliance's clock. */
export interface Due {
  /** `2026-11-22`. */
  readonly day: string
  /** `06:00`. */
  readonly at: string
  /** That has passed. */
  readonly isOver: boolean
}

type Rhythm = Pick<Settings, 'maintenanceAt' | 'timeZone'>

/**
 * When a vault is checked or pruned next: the first time of maintenance at which no more than half a day is missing to
 * `everyDays`, which is how the appliance reckons. `last` is an instant, `now` milliseconds since the epoch.
 */
export function dueOf(last: string, everyDays: number, { maintenanceAt, timeZone }: Rhythm, now: number): Due {
  return firstTime(Date.parse(last) + everyDays * DAY - DAY / 2, { maintenanceAt, timeZone }, now)
}

/** The next time of maintenance: what is done every day is done then. */
export function nextTime(rhythm: Rhythm, now: number): Due {
  // Behind this second, as no clock here shows less.
  return firstTime(now + 1000, rhythm, now)
}

/**
 * When the first of these sets is to be verified: each as many days after the last time as its policy says. Null: no policy
 * asks for it, or there is no recovery point that could be. Milliseconds since the epoch.
 */
export function verifyDue(
  sets: readonly Pick<BackupSet, 'policy' | 'isEnabled' | 'newestPointAt' | 'lastVerifiedAt' | 'createdAt'>[],
  everyDaysOf: ReadonlyMap<string, number | null>,
): number | null {
  const dues = sets.flatMap(({ policy, isEnabled, newestPointAt, lastVerifiedAt, createdAt }) => {
    const days = everyDaysOf.get(policy.id) ?? null
    if (days === null || !isEnabled || newestPointAt === null) return []
    return [Date.parse(lastVerifiedAt ?? createdAt) + days * DAY]
  })
  return dues.length === 0 ? null : Math.min(...dues)
}

function firstTime(from: number, { maintenanceAt, timeZone }: Rhythm, now: number): Due {
  const wall = wallOf(from, timeZone)
  const day = wall.time <= `${maintenanceAt}:00` ? wall.day : dayAfter(wall.day)
  const today = wallOf(now, timeZone)
  return { day, at: maintenanceAt, isOver: `${day} ${maintenanceAt}:00` <= `${today.day} ${today.time}` }
}

/** What a calendar and a clock show there. An unknown zone counts as UTC, as everywhere in the console. */
function wallOf(moment: number, timeZone: string): { day: string; time: string } {
  const parts = (zone: string): string =>
    new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: zone }).format(moment)
  const [day = '', time = ''] = withZone(parts, timeZone).split(' ')
  return { day, time }
}

function withZone(format: (zone: string) => string, timeZone: string): string {
  try {
    return format(timeZone)
  } catch {
    return format('UTC')
  }
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY).toISOString().slice(0, 10)
}
