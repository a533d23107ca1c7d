import type { IncomingMessage, ServerResponse } from 'node:http'

/** What the cookie of a session is called. Under TLS a browser takes it from this very host only (RFC 6265bis, 4.1.3.2). */
export function sessionCookie(isTls: boolean): string {
  return isTls ? '__Host-holdfast_session' : 'holdfast_session'
}

/** The secret of the session that a browser sends. Of several by that name none is: somebody has put one there. */
export function readSession({ headers }: IncomingMessage, isTls: boolean): string | undefined {
  const name = sessionCookie(isTls)
  const found = (headers.cookie ?? '').split(';').flatMap((part) => {
    const at = part.indexOf('=')
    return part.slice(0, at).trim() === name ? [part.slice(at + 1).trim()] : []
  })
  return found.length === 1 ? found[0] : undefined
}

/** Gives a browser a session, or takes it back. No script ever sees it. */
export function writeSession(
  response: ServerResponse,
  session: { readonly secret: string; readonly expiresAt: number } | undefined,
  { isTls, now }: { readonly isTls: boolean; readonly now: number },
): void {
  const age = session ? Math.max(0, Math.floor((session.expiresAt - now) / 1000)) : 0
  const parts = [
    `${sessionCookie(isTls)}=${session?.secret ?? ''}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Strict',
    `Max-Age=${age}`,
    ...(isTls ? ['Secure'] : []),
  ]
  response.setHeader('set-cookie', parts.join('; '))
}
