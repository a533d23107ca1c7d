import { hostname } from 'node:os'

import type { Abortable } from '../../base/index.ts'
import type { SignedIn } from '../../contract/index.ts'
import type { Output } from '../output.ts'
import type { Place } from './connection/connect.ts'
import type { Client } from './connection/create-client.ts'
import { writeLogin } from './connection/login-file.ts'
import { revokeQuietly } from './connection/revoke.ts'

/** Somebody who has signed in, and the token that is to be kept of that. */
export interface MadeToken {
  readonly user: string
  readonly role: string
  readonly secret: string
  readonly tokenId: string
  readonly expiresAt: string | null
}

/** Makes a token of all that the caller may do, and ends the session that it was made with. */
export async function makeToken(
  client: Client,
  { user, access }: SignedIn,
  days: number,
  { signal }: Abortable = {},
): Promise<MadeToken> {
  const options = { ...(signal && { signal }) }
  const name = `holdfast on ${hostname()}`.slice(0, 100)
  const { token, secret } = await client.tokens.create({ name, access, days }, options)
  await client.session.signOut(undefined, options)
  return { user: user.name, role: user.role, secret, tokenId: token.id, expiresAt: token.expiresAt }
}

/** Keeps a token as the login to its service, in the place of an earlier one, and tells of it. */
export async function keepLogin(
  { url, trust, logins, path }: Place,
  { user, role, secret, tokenId, expiresAt }: MadeToken,
  { output, signal }: Abortable & { readonly output: Output },
): Promise<void> {
  writeLogin(path, url, { user, token: secret, tokenId, ...trust })
  const before = logins.of[url]
  if (before) await revokeQuietly(url, { ...before, ...trust }, { ...(signal && { signal }) })
  const until = expiresAt === null ? '' : `, until ${expiresAt.slice(0, 10)}`
  output.say(`Signed in to ${url} as ${user} (${role})${until}.`)
  output.emit({ message_type: 'login', url, user, role, expiresAt, tokenId })
}
