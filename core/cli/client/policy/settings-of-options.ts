import { readFileSync } from 'node:fs'

import { CoreError, reasonOf } from '../../../base/index.ts'
import type { BandwidthWindow, PolicySettings, Schedule, ScheduleRule } from '../../../contract/index.ts'
import { intervalRule } from './rules.ts'

/** What a policy is said to be by. Whatever is left out stays as it is, or as new policies have it. */
export interface PolicyOptions {
  readonly daily?: ScheduleRule[]
  readonly weekly?: ScheduleRule[]
  readonly monthly?: ScheduleRule[]
  readonly every?: number
  readonly between?: string
  readonly on?: string
  readonly manual?: boolean
  readonly timeZone?: string
  readonly window?: Schedule['windows']
  readonly missed?: Schedule['missed']
  readonly expireAfter?: number
  readonly keepDays?: number
  readonly keepWeeks?: number
  readonly keepMonths?: number
  readonly keepYears?: number
  readonly bandwidth?: BandwidthWindow[]
  readonly attempts?: number
  readonly retryAfter?: number
  readonly rpo?: number | null
  readonly verifyEvery?: number | null
  readonly skipsBeforeMove?: number
  readonly file?: string
}

/** What a new policy keeps where nobody says otherwise; the help tells it. */
const USUAL_RETENTION: PolicySettings['retention'] = { days: 30, weeks: 12, months: 12, years: 0 }

/** A new policy: nothing begins by itself, unless options say when. */
export function usualSettings(timeZone: string): PolicySettings {
  return {
    schedule: { timeZone, rules: [], windows: [], missed: 'run-soon', expireAfterMinutes: 720 },
    retention: USUAL_RETENTION,
    bandwidth: [],
    retries: { attempts: 3, firstDelayMinutes: 5 },
    rpoHours: null,
    skipsBeforeMove: 3,
    verifyEveryDays: 30,
  }
}

/** What options make of settings. Throws `input/invalid` where they do not fit together, or a file cannot be read. */
export function changedSettings(settings: PolicySettings, options: PolicyOptions): PolicySettings {
  const before = options.file === undefined ? settings : settingsIn(options.file)
  const { schedule, retention, retries } = before
  return {
    ...before,
    schedule: {
      ...schedule,
      ...given('timeZone', options.timeZone),
      ...given('rules', rulesOf(options)),
      ...given('windows', options.window),
      ...given('missed', options.missed),
      ...given('expireAfterMinutes', options.expireAfter),
    },
    retention: {
      ...retention,
      ...given('days', options.keepDays),
      ...given('weeks', options.keepWeeks),
      ...given('months', options.keepMonths),
      ...given('years', options.keepYears),
    },
    ...given('bandwidth', options.bandwidth),
    retries: {
      ...retries,
      ...given('attempts', options.attempts),
      ...given('firstDelayMinutes', options.retryAfter),
    },
    ...given('rpoHours', options.rpo),
    ...given('verifyEveryDays', options.verifyEvery),
    ...given('skipsBeforeMove', options.skipsBeforeMove),
  }
}

/** Undefined where no option says anything of when. */
function rulesOf({
  daily = [],
  weekly = [],
  monthly = [],
  every,
  between,
  on,
  manual,
}: PolicyOptions): ScheduleRule[] | undefined {
  if (every === undefined && (between !== undefined || on !== undefined))
    throw contradiction('--between and --on say when --every begins, which is missing.')
  const rules = [...daily, ...weekly, ...monthly, ...(every === undefined ? [] : [intervalRule(every, between, on)])]
  if (manual === true && rules.length > 0)
    throw contradiction('--manual says that nothing begins by itself, and another option that something does.')
  return manual === true || rules.length > 0 ? rules : undefined
}

/** A file as `policy show --json` prints it, or with the settings alone. `-` is standard input. The service checks it. */
function settingsIn(path: string): PolicySettings {
  try {
    const read = JSON.parse(readFileSync(path === '-' ? 0 : path, 'utf8')) as
      | PolicySettings
      | { readonly settings: PolicySettings }
    return 'settings' in read ? read.settings : read
  } catch (error) {
    throw new CoreError('input/invalid', `The policy in ${path} cannot be read: ${reasonOf(error)}.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Write it as `holdfast policy show NAME --json` does.',
    })
  }
}

function given<K extends string, V>(name: K, value: V | undefined): { readonly [N in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in K]: V })
}

function contradiction(message: string): CoreError {
  return new CoreError('input/invalid', message, {
    safety: 'Nothing was changed.',
    remedy: 'Say which of the two is meant.',
  })
}
