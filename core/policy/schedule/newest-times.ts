import { Temporal } from 'temporal-polyfill'

import { localDate } from './local-day.ts'
import { MOST_IDLE_DAYS, timesOn, type When } from './rule-times.ts'

/**
 * The newest times later than `after` and not later than `until`, the earliest first: at most `count` of them. They are
 * looked for from their end, so that it takes no longer where a clock was set ahead by years. Milliseconds since the epoch.
 */
export function newestTimes(schedule: When, after: number, until: number, count: number): number[] {
  if (until <= after || count <= 0) return []
  // A clock that is set back over midnight shows the day before again; one that is set ahead may leave out a day.
  let date = localDate(until, schedule.timeZone).add({ days: 1 })
  const first = localDate(after, schedule.timeZone).subtract({ days: 2 })
  const found = new Set<number>()
  for (let idle = 0; idle < MOST_IDLE_DAYS && Temporal.PlainDate.compare(date, first) >= 0;) {
    const isLast = found.size >= count
    const times = timesOn(schedule, date)
    idle = times.length === 0 ? idle + 1 : 0
    for (const time of times) if (time > after && time <= until) found.add(time)
    // What began the day before over midnight may be newer; nothing of earlier days is.
    if (isLast) break
    date = date.subtract({ days: 1 })
  }
  return [...found].toSorted((a, b) => a - b).slice(-count)
}
