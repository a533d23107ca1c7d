import { readFileSync } from 'node:fs'

import { CoreError, reasonOf } from '../../../base/index.ts'
import { loginFile, thisUser } from '../../own-folders.ts'
import type { ClientOptions } from '../client-command.ts'
import { DEFAULT_ADDRESS, parseAddress } from './address.ts'
import { type Client, createClient } from './create-client.ts'
import { type Logins, readLogins } from './login-file.ts'
import { createTransport } from './transport.ts'
import { readAuthorities, type Trust } from './trust.ts'

/** A service, and who calls it. */
export interface Connection extends Disposable {
  readonly client: Client
  readonly url: string
}

/** Where the service is, and what is known of it. */
export interface Place {
  readonly url: string
  readonly trust: Trust
  readonly logins: Logins
  /** Of this user's logins. */
  readonly path: string
}

/** The service that is meant: by --url, else HOLDFAST_URL, else the login, else the one on this computer. */
export function placeOf({ url, caFile }: ClientOptions, env: NodeJS.ProcessEnv = process.env): Place {
  const path = loginFile({ ...thisUser(), env })
  const logins = readLogins(path)
  const meant = parseAddress(url ?? (env['HOLDFAST_URL'] || logins.current) ?? DEFAULT_ADDRESS)
  const login = logins.of[meant]
  const trust = caFile === undefined ? { pinned: login?.pinned, ca: login?.ca } : { ca: readAuthorities(caFile) }
  return { url: meant, trust, logins, path }
}

/** Connects with a token: HOLDFAST_TOKEN_FILE's, else the one that `holdfast login` keeps. A token goes to its own service only. */
export function connect(options: ClientOptions, env: NodeJS.ProcessEnv = process.env): Connection {
  const { url, trust, logins } = placeOf(options, env)
  const file = env['HOLDFAST_TOKEN_FILE']
  const token = file ? tokenIn(file) : logins.of[url]?.token
  if (token === undefined) {
    throw new CoreError('identity/refused', `You are not signed in to ${url}.`, {
      safety: 'Nothing was sent.',
      remedy: `Sign in: holdfast login ${url}`,
      context: { url },
    })
  }
  const transport = createTransport({ url, trust, headers: () => ({ authorization: `Bearer ${token}` }) })
  return { client: createClient(url, transport), url, [Symbol.dispose]: () => transport[Symbol.dispose]() }
}

function tokenIn(path: string): string {
  try {
    const token = readFileSync(path, 'utf8').trim()
    if (/^[\w-]{1,200}$/.test(token)) return token
    throw new Error('it holds no token')
  } catch (error) {
    throw new CoreError('input/invalid', `The token file ${path} cannot be used: ${reasonOf(error)}.`, {
      cause: error,
      safety: 'Nothing was sent.',
      remedy: 'HOLDFAST_TOKEN_FILE names a file with nothing but a token of `holdfast token create`.',
    })
  }
}
