import { InvalidArgumentError } from 'commander'

const NAMES = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export const ALL_DAYS: readonly number[] = [1, 2, 3, 4, 5, 6, 7]

/** Days of the week of `sun`, `mon,wed`, `mon-fri` or `fri-mon`; Monday is 1 (ISO 8601). */
export function weekdaysOf(text: string): number[] {
  const days = text.split(',').flatMap((part) => {
    const [from, until = from] = part.split('-').map((name) => NAMES.findIndex((each) => each === name.toLowerCase()))
    if (from === undefined || until === undefined || from < 0 || until < 0 || part.split('-').length > 2)
      throw badDays(text)
    const count = ((until - from + 7) % 7) + 1
    return Array.from({ length: count }, (_, i) => ((from + i) % 7) + 1)
  })
  return [...new Set(days)].toSorted((a, b) => a - b)
}

/** Days of a month of `1`, `1,15` or `-1`, the last. */
export function monthDaysOf(text: string): number[] {
  const days = text.split(',').map(Number)
  if (days.every((day) => Number.isInteger(day) && ((day >= 1 && day <= 31) || day === -1))) return days
  throw new InvalidArgumentError(`${text} are no days of a month: give such as 1, 1,15 or -1 for the last.`)
}

/** `mon-fri`, `sat,sun`, or nothing for every day. */
export function weekdaysText(days: readonly number[]): string {
  if (days.length === 7) return ''
  const runs: number[][] = []
  for (const day of days) {
    const last = runs.at(-1)
    if (last && last.at(-1) === day - 1) last.push(day)
    else runs.push([day])
  }
  return runs
    .flatMap((run) => (run.length > 2 ? [`${nameOf(run[0])}-${nameOf(run.at(-1))}`] : run.map(nameOf)))
    .join(',')
}

function nameOf(day: number | undefined): string {
  return NAMES[(day ?? 1) - 1] ?? ''
}

/** `22:00`, also from `7:30`. */
export function timeOf(text: string): string {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? []
  if (hour !== '' && Number(hour) < 24 && Number(minute) < 60) return `${hour.padStart(2, '0')}:${minute}`
  throw new InvalidArgumentError(`${text} is no time: give one such as 22:00.`)
}

/** Two times, of `08:00-18:00`. */
export function spanOf(text: string): readonly [from: string, until: string] {
  const [from, until, ...more] = text.split('-')
  if (from === undefined || until === undefined || more.length > 0)
    throw new InvalidArgumentError(`${text} is no span of a day: give one such as 08:00-18:00.`)
  return [timeOf(from), until === '24:00' ? '00:00' : timeOf(until)]
}

function badDays(text: string): InvalidArgumentError {
  return new InvalidArgumentError(`${text} are no days of the week: give such as sun, mon,wed or mon-fri.`)
}
