import { realpathSync, statSync } from 'node:fs'

import { systemCode } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { createSelection, type SelectionOptions } from '../../../selection/index.ts'

/**
 * The root that the repository itself lies in, unless the selection leaves it out: each run would back up what the one
 * before stored. Undefined where there is none, or where that cannot be seen.
 */
export function rootOfOwnRepository(
  location: string,
  roots: readonly Buffer[],
  options: SelectionOptions,
): Buffer | undefined {
  try {
    const repository = realpathSync(Buffer.from(location), { encoding: 'buffer' })
    return roots.find((root) => holds(root, repository, options))
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return undefined
  }
}

export function warningOfOwnRepository(root: Buffer, location: string): string {
  return `The repository lies in ${printable(root)}, and is backed up with it: each run stores again what the last one stored. Leave it out with --exclude ${shellWord(asPattern(location))}.`
}

function holds(root: Buffer, repository: Buffer, options: SelectionOptions): boolean {
  const top = realpathSync(root, { encoding: 'buffer' }).toString('latin1').replace(/\/$/, '')
  const place = repository.toString('latin1')
  if (place !== top && !place.startsWith(`${top}/`)) return false
  if (options.oneFileSystem && statSync(repository).dev !== statSync(root).dev) return false
  const selection = createSelection(options, () => undefined)
  let folder = root.toString('latin1').replace(/\/$/, '')
  // What lies in its folders may be left out where they are not.
  const names = `${place.slice(top.length + 1)}/data`.split('/').filter((part) => part !== '')
  for (const name of names) {
    if (selection.inFolder(folder === '' ? '/' : folder)(name)) return false
    folder += `/${name}`
  }
  return true
}

/** As a pattern that fits nothing else. */
function asPattern(path: string): string {
  return path.replaceAll(/[*?[\]\\$]/g, '\\$&')
}

/** So that a shell gives it on as it is. */
function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}
