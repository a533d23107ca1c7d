import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

import { CoreError, reasonOf, systemCode } from '../../../base/index.ts'

/** What this user keeps of a service that he is signed in to. */
export interface Login {
  readonly user: string
  readonly token: string
  readonly tokenId: string
  /** In PEM: see `Trust`. */
  readonly pinned?: string | undefined
  readonly ca?: string | undefined
}

/** All services that a user is signed in to, by their addresses. */
export interface Logins {
  /** The one that commands mean that name none. */
  readonly current: string | undefined
  readonly of: Readonly<Record<string, Login>>
}

const NONE: Logins = { current: undefined, of: {} }

/** Reads the file. Throws `input/invalid` where others may read it, or it is damaged. */
export function readLogins(path: string): Logins {
  try {
    const { mode } = statSync(path)
    if ((mode & 0o077) !== 0) throw openToOthers(path)
    const { current, logins } = JSON.parse(readFileSync(path, 'utf8')) as {
      readonly current?: string
      readonly logins?: Logins['of']
    }
    return { current, of: logins ?? {} }
  } catch (error) {
    if (error instanceof CoreError) throw error
    if (systemCode(error) === 'ENOENT') return NONE
    throw unusable(path, error)
  }
}

/** Keeps a login, or forgets it, and makes it the one that is meant. The file is there whole or not at all, and 0600. */
export function writeLogin(path: string, url: string, login: Login | undefined): void {
  const { current, of } = readLogins(path)
  const others = Object.fromEntries(Object.entries(of).filter(([each]) => each !== url))
  const logins = login ? { ...others, [url]: login } : others
  const next = login ? url : current === url ? undefined : current
  const part = `${path}.${process.pid}`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    writeFileSync(part, `${JSON.stringify({ current: next, logins }, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    chmodSync(part, 0o600)
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw unusable(path, error)
  }
}

function openToOthers(path: string): CoreError {
  return new CoreError('input/invalid', `${path} holds your tokens, and others may read it.`, {
    safety: 'Nothing was sent.',
    remedy: `Close it (chmod 600 ${path}). If somebody may have read it: holdfast logout, then holdfast login.`,
  })
}

function unusable(path: string, cause: unknown): CoreError {
  return new CoreError('input/invalid', `${path}, which keeps your logins, cannot be used: ${reasonOf(cause)}.`, {
    cause,
    safety: 'Nothing was sent.',
    remedy: 'Mend or remove it, then sign in again with `holdfast login`.',
  })
}
