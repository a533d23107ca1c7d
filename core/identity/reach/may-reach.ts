import { isWithin, namesOf, type PathNames } from './path-names.ts'
import { parsePathText } from './path-text.ts'
import type { OwnFolders, Reacher } from './reacher.ts'
import { holdsSystem, liesInSystem } from './system-path.ts'

/**
 * Whether somebody may reach a path with all below it. Roots bind everybody, administrators too; what is the system's takes
 * an administrator whatever the roots are. By the text of the path: for a place of this computer see `resolveTarget`, which
 * knows of links.
 */
export function mayReach(path: Uint8Array, user: Reacher, own: OwnFolders = {}): boolean {
  const names = namesOf(path)
  const isSystems = liesInSystem(names, own) || holdsSystem(names, own)
  if (isSystems && !user.isAdministrator) return false
  return user.roots === null || rootsOf(user.roots).some((root) => isWithin(names, root))
}

/**
 * Whether somebody may look into a folder on his way to what he may reach: `/` leads to `/srv/a`. What is shown there are
 * the names that lead on, and no others.
 */
export function leadsTo(path: Uint8Array, user: Reacher, own: OwnFolders = {}): boolean {
  const names = namesOf(path)
  if (!user.isAdministrator && liesInSystem(names, own)) return false
  return user.roots === null || rootsOf(user.roots).some((root) => isWithin(names, root) || isWithin(root, names))
}

function rootsOf(roots: readonly string[]): PathNames[] {
  return roots.map((root) => namesOf(parsePathText(root)))
}
