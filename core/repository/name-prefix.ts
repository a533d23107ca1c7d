import { CoreError } from '../base/index.ts'

/** What names are of, for messages. */
export interface NamedThing {
  /** `snapshot`; several of it have an `s`. */
  readonly noun: string
  /** What to do where there is none of that name: a sentence. */
  readonly remedy: string
}

const SHOWN = 8
const LISTED = 20

/**
 * The one of these names that a person meant: by the whole of it, or by as many first digits as tell it from the others.
 * @throws CoreError `repository/not-in-repository` where none is meant, `input/invalid` where several are.
 */
export function nameByPrefix(names: Iterable<string>, wanted: string, { noun, remedy }: NamedThing): string {
  const prefix = wanted.toLowerCase()
  const meant = prefix === '' ? [] : [...names].filter((name) => name.startsWith(prefix))
  const [only] = meant
  if (only === undefined) {
    throw new CoreError(
      'repository/not-in-repository',
      `No ${noun} has an id that begins with ${JSON.stringify(wanted)}.`,
      { safety: 'Nothing was changed.', remedy },
    )
  }
  if (meant.length === 1) return only
  const ids = meant.map((name) => name.slice(0, Math.max(SHOWN, wanted.length + 4))).toSorted()
  const more = ids.length > LISTED ? ` and ${ids.length - LISTED} more` : ''
  const listed = ids.slice(0, LISTED).join(', ')
  const message = `${ids.length} ${noun}s have an id that begins with ${JSON.stringify(wanted)}: ${listed}${more}.`
  throw new CoreError('input/invalid', message, {
    safety: 'Nothing was changed.',
    remedy: 'Give more digits of the id.',
    context: { matches: ids.length },
  })
}
