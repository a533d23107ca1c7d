/**
 * A day of the Gregorian calendar (RET-8), counted from 1 January 1970, which is 0. Retention asks for thousands of them in
 * one go, and Temporal's days cost it a hundred times as much.
 */
export type Day = number

export type Period = 'week' | 'month' | 'year'

/** So many days, weeks, months or years. */
export type Length = Readonly<Partial<Record<'days' | 'weeks' | 'months' | 'years', number>>>

interface YearMonthDay {
  readonly year: number
  /** From 1 to 12. */
  readonly month: number
  readonly day: number
}

/** After so many years, and days, everything comes again. */
const ERA_YEARS = 400
const ERA_DAYS = 146_097
/** From 1 March of the year 0 to 1 January 1970. */
const BEFORE_1970 = 719_468

/** Howard Hinnant's `days_from_civil`: years are taken to begin in March, so that a leap day is the last of its year. */
function dayOfDate({ year, month, day }: YearMonthDay): Day {
  const marchYear = month > 2 ? year : year - 1
  const era = Math.floor(marchYear / ERA_YEARS)
  const yearOfEra = marchYear - era * ERA_YEARS
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * ERA_DAYS + dayOfEra - BEFORE_1970
}

/** Its `civil_from_days`. */
function dateOfDay(of: Day): YearMonthDay {
  const since = of + BEFORE_1970
  const era = Math.floor(since / ERA_DAYS)
  const dayOfEra = since - era * ERA_DAYS
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: era * ERA_YEARS + yearOfEra + (month > 2 ? 0 : 1),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  }
}

/** Names a week (it ends on Sunday: RET-6, and belongs to the year of its Thursday), month or year. */
export function periodOf(day: Day, period: Period): string {
  if (period === 'week') {
    // 1 January 1970 was a Thursday.
    const thursday = Math.floor((day + 3) / 7) * 7
    const { year } = dateOfDay(thursday)
    const week = Math.floor((thursday - dayOfDate({ year, month: 1, day: 1 })) / 7) + 1
    return `${year}-W${String(week).padStart(2, '0')}`
  }
  const { year, month } = dateOfDay(day)
  return period === 'year' ? String(year) : `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}`
}

/** The last day of such a length. The 31st of a month that has none is its last (RET-17). */
export function lastDay(from: Day, { days = 0, weeks = 0, months = 0, years = 0 }: Length): Day {
  const { year, month, day } = dateOfDay(from)
  const monthsOn = year * 12 + month - 1 + years * 12 + months
  const [onYear, onMonth] = [Math.floor(monthsOn / 12), (((monthsOn % 12) + 12) % 12) + 1]
  const first = dayOfDate({ year: onYear, month: onMonth, day: 1 })
  const next = dayOfDate({ year: onMonth === 12 ? onYear + 1 : onYear, month: (onMonth % 12) + 1, day: 1 })
  return first + Math.min(day, next - first) - 1 + weeks * 7 + days
}
