import { existsSync, readdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

import { formatCounted, systemCode } from '../../../base/index.ts'

/**
 * What may surprise about the folder that a repository is made in, in words for people: other things lie in it, or the
 * folder above was not there either, as where a disk is not mounted. To be called before it is made.
 */
export function lookAtPlace(location: string): string[] {
  const path = resolve(location)
  const above = dirname(path)
  if (!existsSync(above)) {
    return [
      `${above} was not there and was made, too. If a disk should be mounted there, it is not the disk that has it.`,
    ]
  }
  const [first, ...others] = namesIn(path)
  if (first === undefined) return []
  const and = others.length > 0 ? ` and ${formatCounted(others.length, 'other entry', 'other entries')}` : ''
  return [`The repository was made in a folder that holds something else: ${first}${and}.`]
}

const OWN_NAMES = new Set(['config', 'data', 'index', 'keys', 'locks', 'snapshots'])

/** Of a folder that cannot be listed, the repository itself tells. */
function namesIn(path: string): string[] {
  try {
    // What an `init` that was ended left is no surprise.
    return readdirSync(path).filter((name) => !OWN_NAMES.has(name))
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return []
  }
}
