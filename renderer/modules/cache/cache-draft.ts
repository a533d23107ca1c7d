import type { CacheSettings } from '../../../core/contract/index.ts'
import type { Problem } from '../../client/index.ts'
import type { MessageKey } from '../../shared/i18n/index.ts'
import { minutesOf } from '../policy/time-of-day.ts'

/** As the appliance has them where nobody says anything else: `CACHE_DEFAULTS` of the contract, which the browser does not load. */
export const NEW_CACHE: Readonly<CacheSettings> = {
  capacityBytes: null,
  highMark: 90,
  lowMark: 75,
  hotDays: 14,
  windows: [],
}

/** What can be seen to be wrong before anybody is asked, by the paths of the API. */
export function draftProblems({ highMark, lowMark, windows }: CacheSettings): Map<string, MessageKey> {
  const found = new Map<string, MessageKey>()
  if (lowMark >= highMark) found.set('lowMark', 'cache.wrong.marks')
  for (const [at, { weekdays, start }] of windows.entries()) {
    if (weekdays.length === 0) found.set(`windows.${at}.weekdays`, 'policy.wrong.days')
    if (minutesOf(start) === undefined) found.set(`windows.${at}.start`, 'policy.wrong.time')
  }
  return found
}

/** What the appliance says of fields, by paths of the form: it says `sync.1.start` of windows that make no sense together. */
export function fieldProblemsOf(problem: Problem | undefined): Map<string, string> {
  return new Map((problem?.fields ?? []).map(({ path, message }) => [path.replace(/^sync\./, 'windows.'), message]))
}
