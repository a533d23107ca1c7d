import { isTimeZone } from '../retention/calendar.ts'
import type { IntervalRule, Schedule, ScheduleDays, ScheduleRule } from './schedule.ts'
import { provePart, proveTime, proveWeekdays, wholeFrom } from './validate-part.ts'
import { validateWindows } from './validate-windows.ts'

const MOST_EXPIRY = 7 * 1440

/** Proves a schedule that comes from outside. Throws `input/invalid`; the context's `field` is such as `rules.0.until`. */
export function validateSchedule(schedule: Schedule): void {
  const { timeZone, rules, windows, expireAfterMinutes } = schedule
  provePart(isTimeZone(timeZone), 'timeZone', `There is no time zone ${JSON.stringify(timeZone)}.`, {
    remedy: 'Choose one such as Europe/Berlin or UTC.',
  })
  for (const [at, rule] of rules.entries()) validateRule(rule, `rules.${at}`)
  validateWindows(windows)
  provePart(
    wholeFrom(5, expireAfterMinutes, MOST_EXPIRY),
    'expireAfterMinutes',
    `A scheduled run cannot expire after ${expireAfterMinutes} minutes.`,
    { remedy: `Choose a whole number of minutes from 5 to ${MOST_EXPIRY}, which is a week.` },
  )
}

function validateRule(rule: ScheduleRule, field: string): void {
  validateDays(rule.days, `${field}.days`)
  if (rule.type === 'interval') return validateInterval(rule, field)
  provePart(rule.times.length > 0, `${field}.times`, 'A rule of no times never begins anything.', {
    remedy: 'Give at least one time.',
  })
  for (const [at, time] of rule.times.entries()) proveTime(time, `${field}.times.${at}`)
}

function validateInterval({ everyMinutes, from, until }: IntervalRule, field: string): void {
  provePart(
    wholeFrom(5, everyMinutes, 1440),
    `${field}.everyMinutes`,
    `Runs cannot begin every ${everyMinutes} minutes.`,
    { remedy: 'Choose a whole number of minutes from 5 to 1440, which is a day.' },
  )
  proveTime(from, `${field}.from`)
  proveTime(until, `${field}.until`)
  // From midnight to the end of the day is a whole day.
  provePart(from !== until || until === '00:00', `${field}.until`, `From ${from} to ${until} is no time at all.`, {
    remedy: 'Choose a later or an earlier end, or 00:00 for both, which is the whole day.',
  })
}

function validateDays(days: ScheduleDays, field: string): void {
  const ofNone = 'A rule of no days never begins anything.'
  if (days.type === 'week') return proveWeekdays(days.weekdays, `${field}.weekdays`, ofNone)
  provePart(days.days.length > 0, `${field}.days`, ofNone, { remedy: 'Choose at least one day.' })
  const wrong = days.days.find((day) => day !== -1 && !wholeFrom(1, day, 31))
  provePart(wrong === undefined, `${field}.days`, `There is no day ${wrong} of a month.`, {
    remedy: 'Choose days from 1 to 31, or -1 for the last one.',
  })
}
