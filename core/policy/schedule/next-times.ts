import { localDate, localDay } from './local-day.ts'
import { MOST_IDLE_DAYS, timesOn, type When } from './rule-times.ts'

/** The next times at which a run begins, the nearest first: later than `after`, at most `count`. Milliseconds since the epoch. */
export function nextTimes(schedule: When, after: number, count: number): number[] {
  return timesBetween(schedule, after, Number.POSITIVE_INFINITY, { most: count })
}

/** The times later than `after` and not later than `until`, the earliest first: at most `most` of them. */
export function timesBetween(
  schedule: When,
  after: number,
  until: number,
  { most }: { readonly most: number },
): number[] {
  const times: number[] = []
  if (most <= 0 || until <= after) return times
  for (const time of timesAfter(schedule, after)) {
    if (time > until) break
    times.push(time)
    if (times.length >= most) break
  }
  return times
}

/** Day by day, and no further than somebody asks. */
function* timesAfter({ timeZone, rules }: When, after: number): Generator<number, undefined> {
  let pending: number[] = []
  let last = after
  let idle = 0
  // What began yesterday over midnight may still go on; a place that leaves out a day makes it the day before.
  for (let date = localDate(after, timeZone).subtract({ days: 2 }); idle < MOST_IDLE_DAYS;) {
    const times = timesOn({ timeZone, rules }, date)
    idle = times.length === 0 ? idle + 1 : 0
    pending.push(...times.filter((time) => time > after))
    date = date.add({ days: 1 })
    if (pending.length === 0) continue
    // No later day begins anything before it begins itself. What lies behind that has to wait for it.
    const bound = localDay(date, timeZone).momentOf(0)
    const ready = pending.filter((time) => time < bound).toSorted((a, b) => a - b)
    pending = pending.filter((time) => time >= bound)
    for (const time of ready) {
      if (time > last) yield time
      last = time
    }
  }
  return undefined
}
