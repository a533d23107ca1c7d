import type { IncomingMessage } from 'node:http'

import type { Appliance, Caller } from '../../appliance/index.ts'
import { readSession } from './cookies.ts'

/** What a request brings to prove who calls. */
export type Credentials =
  | { readonly kind: 'token' | 'session'; readonly secret: string }
  /** `isBroken`: there was something, and nobody can use it. */
  | { readonly kind: 'none'; readonly isBroken: boolean }

/**
 * Who sends `Authorization` is a program, and is taken for the holder of that token or for nobody: never for whoever the
 * cookie beside it belongs to. The scheme is read in any case of letters (RFC 9110, 11.1).
 */
export function readCredentials(request: IncomingMessage, isTls: boolean): Credentials {
  const [given, ...others] = request.headersDistinct['authorization'] ?? []
  if (given !== undefined) {
    const secret = others.length === 0 ? /^bearer +([\w-]{1,200})$/i.exec(given)?.[1] : undefined
    return secret === undefined ? { kind: 'none', isBroken: true } : { kind: 'token', secret }
  }
  const session = readSession(request, isTls)
  return session === undefined ? { kind: 'none', isBroken: false } : { kind: 'session', secret: session }
}

/** Who holds these credentials now. */
export async function callerOf(
  appliance: Pick<Appliance, 'authenticate'>,
  credentials: Credentials,
  address: string,
): Promise<Caller | undefined> {
  return credentials.kind === 'none' ? undefined : appliance.authenticate(credentials.secret, credentials.kind, address)
}
