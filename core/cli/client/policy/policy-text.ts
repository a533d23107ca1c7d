import { formatBytes, formatCounted } from '../../../base/index.ts'
import type { PolicySettings, ScheduleRule } from '../../../contract/index.ts'
import { spanText } from '../text/span.ts'
import { weekdaysText } from './days.ts'

/** `daily 22:00; last day of the month 04:00`. */
export function scheduleText({ rules }: PolicySettings['schedule']): string {
  return rules.length === 0 ? 'when somebody asks for it' : rules.map(ruleText).join('; ')
}

/** `all of 30 days, then one of each of 12 weeks, 12 months`. */
function retentionText({ days, weeks, months, years }: PolicySettings['retention']): string {
  const rest = [
    [weeks, 'week'],
    [months, 'month'],
    [years, 'year'],
  ] as const
  const told = rest.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
  return `all of ${days} day${days === 1 ? '' : 's'}${told.length === 0 ? '' : `, then one of each of ${told.join(', ')}`}`
}

/** The same in a table: `30 d, 12 w, 12 m`. */
export function shortRetention({ days, weeks, months, years }: PolicySettings['retention']): string {
  const parts = [`${days} d`, `${weeks} w`, `${months} m`, `${years} y`]
  return parts.filter((part) => !part.startsWith('0 ')).join(', ')
}

/** Everything that a policy says, in parts that have names. */
export function policyParts({
  schedule,
  retention,
  bandwidth,
  retries,
  rpoHours,
  verifyEveryDays,
  skipsBeforeMove,
}: PolicySettings): (readonly [string, string])[] {
  return [
    ['Begins', scheduleText(schedule)],
    ['Time zone', schedule.timeZone],
    ['Only in', schedule.windows.map(windowText).join('; ')],
    [
      'Missed',
      schedule.missed === 'skip'
        ? 'what the service was off for is left out'
        : 'what the service was off for is made up for',
    ],
    ['Expires', `after ${spanText(schedule.expireAfterMinutes)} of waiting`],
    ['Keeps', retentionText(retention)],
    ['Limits', bandwidth.map((window) => `${windowText(window)} ${formatBytes(window.bytesPerSecond)}/s`).join('; ')],
    [
      'Attempts',
      retries.attempts === 1 ? '1' : `${retries.attempts}, the second after ${spanText(retries.firstDelayMinutes)}`,
    ],
    ['Alert', rpoHours === null ? '' : `where the newest complete point is older than ${spanText(rpoHours * 60)}`],
    [
      'Verified',
      verifyEveryDays === null ? 'never' : verifyEveryDays === 1 ? 'every day' : `every ${verifyEveryDays} days`,
    ],
    [
      'Moves',
      `after ${formatCounted(skipsBeforeMove, 'scheduled run')} in a row that ${skipsBeforeMove === 1 ? 'was' : 'were'} skipped`,
    ],
  ]
}

function ruleText(rule: ScheduleRule): string {
  const days = daysText(rule.days)
  if (rule.type === 'times') return `${days} ${rule.times.join(', ')}`
  const every = rule.everyMinutes % 60 === 0 ? `${rule.everyMinutes / 60} h` : `${rule.everyMinutes} min`
  const span = rule.from === rule.until ? '' : ` ${rule.from}-${rule.until}`
  return `every ${every}${span}${days === 'daily' ? '' : ` ${days}`}`
}

function daysText(days: ScheduleRule['days']): string {
  if (days.type === 'week') return weekdaysText(days.weekdays) || 'daily'
  return `${days.days.map((day) => (day === -1 ? 'last day' : `day ${day}`)).join(', ')} of the month`
}

function windowText({ weekdays, start, minutes }: PolicySettings['schedule']['windows'][number]): string {
  const end = (Number(start.slice(0, 2)) * 60 + Number(start.slice(3)) + minutes) % 1440
  const until = `${String(Math.floor(end / 60)).padStart(2, '0')}:${String(end % 60).padStart(2, '0')}`
  const days = weekdaysText(weekdays)
  return `${days === '' ? '' : `${days} `}${start}-${until}`
}
