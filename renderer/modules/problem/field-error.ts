import type { Problem } from '../../client/index.ts'

/** What is wrong with a field of a form, to be shown at it. `path` is the API's: `location.path`. False: nothing is. */
export function fieldError(problem: Problem | undefined, path: string): string | false {
  const own = problem?.fields.filter((field) => field.path === path || field.path.startsWith(`${path}.`)) ?? []
  return own.length > 0 && own.map(({ message }) => message).join(' ')
}
