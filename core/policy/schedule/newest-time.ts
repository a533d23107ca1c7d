import { Temporal } from 'temporal-polyfill'

import { localDate } from './local-day.ts'
import { MOST_IDLE_DAYS, timesOn, type When } from './rule-times.ts'

/**
 * The newest time later than `after` and not later than `until`. It is looked for from its end, so that it takes no longer
 * where a clock was set ahead by years.
 */
export function newestTime(schedule: When, after: number, until: number): number | undefined {
  if (until <= after) return undefined
  // A clock that is set back over midnight shows the day before again; one that is set ahead may leave out a day.
  let date = localDate(until, schedule.timeZone).add({ days: 1 })
  const first = localDate(after, schedule.timeZone).subtract({ days: 2 })
  let newest = Number.NEGATIVE_INFINITY
  for (let idle = 0; idle < MOST_IDLE_DAYS && Temporal.PlainDate.compare(date, first) >= 0;) {
    const isLast = newest > after
    const times = timesOn(schedule, date)
    idle = times.length === 0 ? idle + 1 : 0
    for (const time of times) if (time <= until) newest = Math.max(newest, time)
    // What began the day before over midnight may be newer; nothing of earlier days is.
    if (isLast) break
    date = date.subtract({ days: 1 })
  }
  return newest > after ? newest : undefined
}
