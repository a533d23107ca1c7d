import { readdir } from 'node:fs/promises'

import { CoreError, formatCount } from '../../base/index.ts'

/** An appliance, and nobody else, makes these. */
const PROOF: ReadonlySet<string> = new Set(['catalog.db', 'instance.lock'])
/** What an appliance, or `holdfast repo` as root, may have made before either of them: `key` may also be brought along. */
const OWN = /^(?:key|\.key-[0-9a-f]{16}|logs|work|tls|state)$/
/** A new disk has it from the beginning. */
const OF_THE_DISK = 'lost+found'
/** So many names are told. */
const MOST_NAMED = 3

/** Throws `input/invalid` where a folder holds something, and no appliance has ever kept its data there. Changes nothing. */
export async function refuseForeign(path: string): Promise<void> {
  const names = await readdir(path)
  if (names.some((name) => PROOF.has(name))) return
  const foreign = names.filter((name) => !OWN.test(name) && name !== OF_THE_DISK).toSorted()
  if (foreign.length === 0) return
  const more = foreign.length - MOST_NAMED
  const named = foreign.slice(0, MOST_NAMED).join(', ')
  throw new CoreError(
    'input/invalid',
    `${path} is no data folder of Holdfast, and not empty: it holds ${named}${more > 0 ? ` and ${formatCount(more)} more` : ''}.`,
    {
      safety: 'Nothing was changed: it has the mode and the content that it had.',
      remedy:
        'Name a folder that is empty or not there yet with --data-dir. What is to be protected is named later, in a backup set.',
      context: { field: 'data-dir', path },
    },
  )
}
