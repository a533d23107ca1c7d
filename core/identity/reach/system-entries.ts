import { stat } from 'node:fs/promises'

import type { Abortable } from '../../base/index.ts'
import type { EntryStat } from '../../file-system/index.ts'
import { namesOf, pathOf } from './path-names.ts'
import type { Place } from './physical-path.ts'
import { listOwn, type OwnFolders } from './reacher.ts'
import { SYSTEM_FOLDERS } from './system-path.ts'

/**
 * Whether a place lies in what is the system's by another name: a bind mount, a folder whose file system takes `Data` for
 * `data`, a system folder that is itself a link. By device and inode, which are the same whatever the name is.
 */
export async function isSystemEntry({ names, there }: Place, own: OwnFolders, { signal }: Abortable): Promise<boolean> {
  const owned = listOwn(own).map(namesOf)
  const system = await identitiesOf([...SYSTEM_FOLDERS.map((name) => [name]), ...owned], signal)
  if (there.slice(1).some((each) => system.has(identityOf(each)))) return true
  const last = there.at(-1)
  if (last === undefined || there.length <= names.length) return false
  // Nothing is missing: what lies below is reached, too.
  const holders = await identitiesOf([[], ...owned.flatMap((each) => each.map((_, at) => each.slice(0, at)))], signal)
  return holders.has(identityOf(last))
}

/** Of those that are there, links followed. */
async function identitiesOf(
  paths: readonly (readonly string[])[],
  signal: AbortSignal | undefined,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const names of paths) {
    signal?.throwIfAborted()
    try {
      found.add(identityOf(await stat(pathOf(names), { bigint: true })))
    } catch {
      // Not there, or nobody sees it: its name still counts.
    }
  }
  return found
}

function identityOf({ dev, ino }: Pick<EntryStat, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`
}
