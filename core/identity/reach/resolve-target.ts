import type { Abortable } from '../../base/index.ts'
import { forbidden } from './forbidden.ts'
import { mayReach } from './may-reach.ts'
import { namesOf, type PathNames, pathOf } from './path-names.ts'
import { findPlace } from './physical-path.ts'
import type { OwnFolders, Reacher } from './reacher.ts'
import { isSystemEntry } from './system-entries.ts'
import { liesInSystem } from './system-path.ts'

export interface ResolveTargetOptions extends OwnFolders, Abortable {
  /** With his restore roots. */
  readonly user: Reacher
}

/**
 * The physical path of a folder that somebody wants to restore to, whether it is there or not. Throws `policy/forbidden`
 * where it, or the place that links lead to, is out of his reach, and `target/refused` where no folder can be there.
 *
 * What is returned has no link in it at this moment. Whoever opens it later has to refuse links in it, from `/` on: by then
 * another restore may have put one where nothing was.
 */
export async function resolveTarget(path: Uint8Array, { user, signal, ...own }: ResolveTargetOptions): Promise<Buffer> {
  const wanted = namesOf(path)
  const isAdministrator = user.isAdministrator
  if (!mayReach(pathOf(wanted), user, own)) throw forbidden(path, 'is not a folder that you may restore to', user)
  const leadsOut = (): Error => forbidden(path, 'leads by a link out of the folders that you may restore to', user)
  // Before it is looked at: what is refused below must not tell anybody what lies in the system's folders.
  const pass = (names: PathNames): void => {
    if (!isAdministrator && liesInSystem(names, own)) throw leadsOut()
  }
  const place = await findPlace(pathOf(wanted), { signal, pass })
  const resolved = pathOf(place.names)
  if (!mayReach(resolved, user, own)) throw leadsOut()
  if (!isAdministrator && (await isSystemEntry(place, own, { signal })))
    throw forbidden(path, 'is a folder of the system by another name', user)
  return resolved
}
