import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

import { CoreError, formatCount } from '../../base/index.ts'

/** An appliance, and nobody else, makes these. */
const PROOF: ReadonlySet<string> = new Set(['catalog.db', 'instance.lock'])
/** A key may be brought along, `holdfast repo` keeps its state there for root, and a new disk has the last from the beginning. */
const HARMLESS: ReadonlySet<string> = new Set(['key', 'state', 'lost+found'])
/** Made before the lock is: a start that was killed in between leaves them empty. */
const PARTS: ReadonlySet<string> = new Set(['logs', 'work', 'tls'])
/** So many names are told. */
const MOST_NAMED = 3

/** Throws `input/invalid` where a folder holds something, and no appliance has ever kept its data there. Changes nothing. */
export async function refuseForeign(path: string): Promise<void> {
  const names = await readdir(path)
  if (names.some((name) => PROOF.has(name))) return
  const foreign: string[] = []
  for (const name of names.toSorted()) {
    if (HARMLESS.has(name) || (PARTS.has(name) && (await isEmptyFolder(join(path, name))))) continue
    foreign.push(name)
  }
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

async function isEmptyFolder(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => undefined)
  return names?.length === 0
}
