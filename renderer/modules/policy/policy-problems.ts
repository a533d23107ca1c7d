import { computed, type ComputedRef, inject, type InjectionKey, provide } from 'vue'

import type { PolicySettings } from '../../../core/contract/index.ts'
import type { Problem } from '../../client/index.ts'
import type { MessageKey } from '../../shared/i18n/index.ts'
import { minutesOf } from './time-of-day.ts'

/** What is wrong with a field, by its path in the settings without the part that it is in: `rules.0.times.1`. */
export type FieldProblem = (path: string) => string | undefined

const FIELD_PROBLEM: InjectionKey<ComputedRef<FieldProblem>> = Symbol('field problem')

export function provideFieldProblem(problemOf: () => FieldProblem): void {
  provide(FIELD_PROBLEM, computed(problemOf))
}

/** For the parts of the form: what is wrong with a field, and false where nothing is. */
export function useFieldProblem(): (path: string) => string | false {
  const problemOf = inject(FIELD_PROBLEM)
  return (path) => problemOf?.value(path) ?? false
}

/**
 * Where the appliance says a field is, as the form names it: it says `settings.schedule.rules.0.until` of what does not fit
 * the contract, and `rules.0.until` of what makes no sense.
 */
export function pathOf(path: string): string {
  return path.replace(/^settings\./, '').replace(/^schedule\./, '')
}

export function fieldProblemsOf(problem: Problem | undefined): Map<string, string> {
  return new Map((problem?.fields ?? []).map(({ path, message }) => [pathOf(path), message]))
}

/** What can be seen to be wrong before anybody is asked. The paths are those of `pathOf`. */
export function draftProblems({ schedule, bandwidth }: PolicySettings): Map<string, MessageKey> {
  const found = new Map<string, MessageKey>()
  for (const [at, rule] of schedule.rules.entries()) {
    const { days } = rule
    if ((days.type === 'week' ? days.weekdays : days.days).length === 0)
      found.set(`rules.${at}.days`, 'policy.wrong.days')
    if (rule.type === 'times') {
      for (const [index, time] of rule.times.entries())
        if (minutesOf(time) === undefined) found.set(`rules.${at}.times.${index}`, 'policy.wrong.time')
      continue
    }
    for (const edge of ['from', 'until'] as const)
      if (minutesOf(rule[edge]) === undefined) found.set(`rules.${at}.${edge}`, 'policy.wrong.time')
    if (rule.from === rule.until && rule.until !== '00:00') found.set(`rules.${at}.until`, 'policy.wrong.interval')
  }
  for (const [name, windows] of [
    ['windows', schedule.windows],
    ['bandwidth', bandwidth],
  ] as const)
    for (const [at, { weekdays }] of windows.entries())
      if (weekdays.length === 0) found.set(`${name}.${at}.weekdays`, 'policy.wrong.days')
  return found
}
