import { CoreError, formatCount } from '../../../base/index.ts'
import { shortId } from '../text/names.ts'

interface Named {
  readonly id: string
  readonly name: string
}

/** So many are listed where a name is not one of them. */
const MOST_TOLD = 10

/**
 * The one that somebody means: by its name, else its id, or the beginning of an id that no other has. Throws
 * `object/not-found`, or `input/invalid` where several are meant.
 */
export function findObject<T extends Named>(items: readonly T[], wanted: string, what: string, list: string): T {
  const called = items.filter(({ name }) => name === wanted)
  const found = called.length > 0 ? called : items.filter(({ id }) => isBeginning(wanted, id))
  const [one] = found
  if (one && found.length === 1) return one
  if (found.length > 1) throw ambiguous(what, wanted, found)
  throw notFound(what, wanted, items, list)
}

/** Whether an id begins with what was typed. */
export function isBeginning(wanted: string, id: string): boolean {
  return /^[0-9a-f-]{4,36}$/.test(wanted) && id.startsWith(wanted)
}

export function isWholeId(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)
}

/** Several are meant. */
export function ambiguous(what: string, wanted: string, found: readonly Named[]): CoreError {
  return new CoreError('input/invalid', `${JSON.stringify(wanted)} may be more than one ${what}: ${told(found)}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Give its name, or more of its id.',
    context: Object.fromEntries(found.slice(0, MOST_TOLD).map(({ id, name }) => [`candidates.${id}`, name])),
  })
}

/** None is meant. `list` is the command that lists them. */
export function notFound(what: string, wanted: string, items: readonly Named[], list: string): CoreError {
  const there = items.length === 0 ? `There is no ${what} yet.` : `There are: ${told(items)}.`
  return new CoreError('object/not-found', `There is no ${what} called ${JSON.stringify(wanted)}. ${there}`, {
    safety: 'Nothing was changed.',
    remedy: `\`${list}\` lists them. An object is named by its name, its id, or the beginning of its id.`,
    context: { object: wanted },
  })
}

function told(items: readonly Named[]): string {
  const more = items.length - MOST_TOLD
  const names = items
    .slice(0, MOST_TOLD)
    .map(({ id, name }) => (name === shortId(id) ? name : `${name} (${shortId(id)})`))
  return `${names.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
}
