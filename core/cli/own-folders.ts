import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Whose folders: the effective user, his variables and his home. */
export interface FolderOwner {
  readonly user: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** Who runs this program. */
export function thisUser(): FolderOwner {
  return { user: process.geteuid?.(), env: process.env, home: homedir() }
}

/** For lists of missed files (FS-18): the system's for root, else the user's. */
export function defaultLogFolder(owner: FolderOwner): string {
  return owner.user === 0 ? '/var/log/holdfast/FS/backup' : join(ownState(owner), 'FS', 'backup')
}

/** For what this computer remembers of repositories. `HOLDFAST_STATE_DIR`, else the system's for root, else the user's. */
export function stateFolder(owner: FolderOwner): string {
  const given = owner.env['HOLDFAST_STATE_DIR']
  if (given && isAbsolute(given)) return given
  return owner.user === 0 ? '/var/lib/holdfast/state' : ownState(owner)
}

/** Where this user's logins to services are kept (XDG Base Directory Specification). */
export function loginFile({ env, home }: FolderOwner): string {
  const config = env['XDG_CONFIG_HOME']
  return join(config && isAbsolute(config) ? config : join(home, '.config'), 'holdfast', 'logins.json')
}

/** Empty is as not set, and a relative path is to be ignored: XDG Base Directory Specification. */
function ownState({ env, home }: FolderOwner): string {
  const state = env['XDG_STATE_HOME']
  return join(state && isAbsolute(state) ? state : join(home, '.local', 'state'), 'holdfast')
}
