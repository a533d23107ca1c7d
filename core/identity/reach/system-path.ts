import { isWithin, namesOf, type PathNames } from './path-names.ts'
import { listOwn, type OwnFolders } from './reacher.ts'

/**
 * What the computer lives by (FHS 3.0, and where some distributions keep programs). All of /var is among them, /var/tmp
 * too: what is restored there is removed after 30 days by systemd-tmpfiles, unasked. /tmp is not: everybody may write there.
 */
export const SYSTEM_FOLDERS: readonly string[] =
  'etc bin sbin lib lib32 lib64 libx32 libo32 libexec usr boot efi proc sys dev run var root nix snap'.split(' ')

const SYSTEM = new Set(SYSTEM_FOLDERS)

/**
 * Whether a path is the system's or lies in what is: `/` itself, the folders above, and the appliance's own. By its text:
 * give a physical path.
 */
export function isSystemPath(path: Uint8Array, own: OwnFolders = {}): boolean {
  const names = namesOf(path)
  return names.length === 0 || liesInSystem(names, own)
}

/** The same without `/` itself. */
export function liesInSystem(names: PathNames, own: OwnFolders): boolean {
  const [first] = names
  return (first !== undefined && SYSTEM.has(first)) || listOwn(own).some((each) => isWithin(names, namesOf(each)))
}

/** Whether something of the system lies in it, at any depth. */
export function holdsSystem(names: PathNames, own: OwnFolders): boolean {
  return names.length === 0 || listOwn(own).some((each) => isWithin(namesOf(each), names))
}
