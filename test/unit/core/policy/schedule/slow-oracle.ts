import type { ScheduleDays, ScheduleRule } from '../../../../../core/policy/index.ts'

const MINUTE = 60_000
const QUARTER = 15 * MINUTE

/**
 * When the runs of rules begin, found by looking at the clock on the wall once a minute, from `from` to before `until`. It
 * shares nothing with what it judges: the zone comes from Intl, dates from Date, and no day is ever thought of as a whole.
 */
export function slowTimes(offsetAt: OffsetAt, rules: readonly ScheduleRule[], from: number, until: number): number[] {
  const found = new Set<number>()
  for (const rule of rules) {
    let high = Number.NaN
    let last = Number.NEGATIVE_INFINITY
    // Two days before, as if the clock had been looked at for ever.
    for (let now = from - 2880 * MINUTE; now < until; now += MINUTE) {
      const wall = now + offsetAt(now)
      const isNew = Number.isNaN(high) || wall > high
      let isHit = false
      if (isNew) {
        for (let shown = Number.isNaN(high) ? wall : high + MINUTE; shown <= wall; shown += MINUTE)
          isHit ||= begins(rule, shown)
        high = wall
      } else isHit = rule.type === 'interval' && begins(rule, wall) && now - last >= rule.everyMinutes * MINUTE
      if (!isHit) continue
      last = now
      if (now >= from) found.add(now)
    }
  }
  return [...found].toSorted((a, b) => a - b)
}

/** Whether the rule says that something begins when the wall shows this, written as if it were UTC. */
function begins(rule: ScheduleRule, wall: number): boolean {
  const minute = (wall / MINUTE) % 1440
  const isToday = (): boolean => isDay(rule.days, new Date(wall))
  if (rule.type === 'times') return rule.times.some((time) => minutes(time) === minute) && isToday()
  const [from, until] = [minutes(rule.from), minutes(rule.until)]
  const isOverMidnight = until < from && until > 0
  const isBehind = isOverMidnight || until === 0 || minute <= until
  if (minute >= from && isBehind && (minute - from) % rule.everyMinutes === 0 && isToday()) return true
  if (!isOverMidnight || minute > until || (minute + 1440 - from) % rule.everyMinutes !== 0) return false
  return isDay(rule.days, new Date(wall - 1440 * MINUTE))
}

function isDay(days: ScheduleDays, date: Date): boolean {
  if (days.type === 'week') return days.weekdays.includes(date.getUTCDay() || 7)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  const day = date.getUTCDate()
  return days.days.includes(day) || (day === last && days.days.some((each) => each === -1 || each > last))
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

/** How far the wall is ahead of UTC at a moment. Milliseconds. */
type OffsetAt = (moment: number) => number

/** Of a zone: asked once in a quarter of an hour, but for those in which it changes. */
export function offsetsOf(timeZone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  })
  const known = new Map<number, number>()
  const exactly = (moment: number): number => {
    const offset = known.get(moment)
    if (offset !== undefined) return offset
    const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0 } = part as Record<string, number>
    const found = Date.UTC(year, month - 1, day, hour, minute) - moment
    known.set(moment, found)
    return found
  }
  let [begin, isEven, offset] = [Number.NaN, false, 0]
  return (moment) => {
    const quarter = Math.floor(moment / QUARTER) * QUARTER
    if (quarter !== begin) {
      offset = exactly(quarter)
      isEven = exactly(quarter + QUARTER) === offset
      begin = quarter
    }
    return isEven ? offset : exactly(moment)
  }
}
