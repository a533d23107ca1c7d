import { hostname } from 'node:os'

import { CoreError, isCode } from '../../base/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput, type Output } from '../output.ts'
import { placeOf } from './connection/connect.ts'
import { type Client, createClient } from './connection/create-client.ts'
import { writeLogin } from './connection/login-file.ts'
import { revokeQuietly } from './connection/revoke.ts'
import { createTransport } from './connection/transport.ts'
import { trustOnSight } from './connection/trust-on-sight.ts'
import type { Trust } from './connection/trust.ts'
import type { LoginOptions } from './login-options.ts'
import { askLine, readSecret } from './read-secret.ts'

/** Signs in by name and password, makes a token, signs out again, and keeps the token. */
export async function runLogin(options: LoginOptions): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: false })
  using interruption = listenForInterruption()
  const { signal } = interruption
  const { url, trust: known, logins, path } = placeOf(options)
  const trust = await trustOnSight(url, known, { fingerprint: options.fingerprint, output, signal })
  const { user, token, secret, role } = await withSession(url, trust, async (client) => {
    await client.health.get(undefined, { signal })
    const signedIn = await signIn(client, options, signal)
    const made = await client.tokens.create(
      { name: `holdfast on ${hostname()}`.slice(0, 100), access: signedIn.access, days: options.days },
      { signal },
    )
    await client.session.signOut(undefined, { signal })
    return { user: signedIn.user.name, role: signedIn.user.role, ...made }
  })
  writeLogin(path, url, { user, token: secret, tokenId: token.id, ...trust })
  const before = logins.of[url]
  if (before) await revokeQuietly(url, { ...before, ...trust }, { signal })
  tell(output, { url, user, role, expiresAt: token.expiresAt, tokenId: token.id })
  return EXIT.done
}

function tell(
  output: Output,
  login: { url: string; user: string; role: string; expiresAt: string | null; tokenId: string },
): void {
  output.say(
    `Signed in to ${login.url} as ${login.user} (${login.role})${login.expiresAt === null ? '' : `, until ${login.expiresAt.slice(0, 10)}`}.`,
  )
  output.emit({ message_type: 'login', ...login })
}

/** A session is a cookie: it is carried from one answer to the next request, and kept nowhere. */
async function withSession<T>(url: string, trust: Trust, work: (client: Client) => Promise<T>): Promise<T> {
  let cookie: string | undefined
  using transport = createTransport({
    url,
    trust,
    // A request with a session says which page it is from, so that no other page can send it.
    headers: () => (cookie === undefined ? {} : { cookie, origin: url }),
  })
  return work(
    createClient(url, {
      ...transport,
      async fetch(request) {
        const response = await transport.fetch(request)
        cookie = response.headers.getSetCookie()[0]?.split(';')[0] ?? cookie
        return response
      },
    }),
  )
}

async function signIn(client: Client, options: LoginOptions, signal: AbortSignal) {
  const name = options.name ?? (await askLine('Name: ', { signal }))
  if (name === undefined || name === '') {
    throw new CoreError('input/invalid', 'Nobody said who signs in.', {
      safety: 'Nothing was sent.',
      remedy: 'Give the name with --name.',
    })
  }
  const password = await readSecret(
    { questions: ['Password: '], file: options.passwordFile, option: '--password-file' },
    { signal },
  )
  const given = { name, password, ...(options.totp !== undefined && { totp: digitsOf(options.totp) }) }
  try {
    return await client.session.signIn(given, { signal })
  } catch (error) {
    if (!isCode(error, 'identity/totp-needed')) throw error
    const totp = await askLine('Six digits of the second factor: ', { signal })
    if (totp === undefined) throw totpMissing(name, error)
    return await client.session.signIn({ ...given, totp: digitsOf(totp) }, { signal })
  }
}

/** Authenticators show them in two halves, and so they are typed. */
function digitsOf(text: string): string {
  const digits = text.replaceAll(/\s/g, '')
  if (/^\d{6}$/.test(digits)) return digits
  throw new CoreError('input/invalid', 'The second factor is six digits, and that is not what was given.', {
    safety: 'Nobody was signed in.',
    remedy: 'Try again with those that your authenticator shows.',
  })
}

function totpMissing(name: string, cause: unknown): CoreError {
  return new CoreError('identity/totp-needed', `${name} signs in with a second factor, and it is missing.`, {
    cause,
    safety: 'Nobody was signed in.',
    remedy:
      'Give the six digits that your authenticator shows with --totp, or sign in at a terminal, where they are asked for.',
  })
}
