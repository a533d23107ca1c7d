import { isAbsolute, join } from 'node:path'

/** Whose logs: the effective user, his variables and his home. */
export interface LogOwner {
  readonly user: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** Our own folder for lists of missed files (FS-18): the system's for root, else the user's. */
export function defaultLogFolder({ user, env, home }: LogOwner): string {
  if (user === 0) return '/var/log/holdfast/FS/backup'
  const state = env['XDG_STATE_HOME']
  // Empty is as not set, and a relative path is to be ignored: XDG Base Directory Specification.
  return join(state && isAbsolute(state) ? state : join(home, '.local', 'state'), 'holdfast', 'FS', 'backup')
}
