import { CoreError, isCode } from '../../base/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput } from '../output.ts'
import { placeOf } from './connection/connect.ts'
import type { Client } from './connection/create-client.ts'
import { trustOnSight } from './connection/trust-on-sight.ts'
import { withSession } from './connection/with-session.ts'
import { keepLogin, makeToken } from './keep-login.ts'
import type { LoginOptions } from './login-options.ts'
import { askLine, readSecret } from './read-secret.ts'

/** Signs in by name and password, makes a token, signs out again, and keeps the token. */
export async function runLogin(options: LoginOptions): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: false })
  using interruption = listenForInterruption()
  const { signal } = interruption
  const { url, trust: known, logins, path } = placeOf(options)
  const trust = await trustOnSight(url, known, { fingerprint: options.fingerprint, output, signal })
  const kept = await withSession(url, trust, async (client) => {
    await client.health.get(undefined, { signal })
    if ((await client.setup.get(undefined, { signal })).isNeeded) throw noAdministrator(url)
    return makeToken(client, await signIn(client, options, signal), options.days, { signal })
  })
  await keepLogin({ url, trust, logins, path }, kept, { output, signal })
  return EXIT.done
}

/** Whatever password is given: nobody could be let in. */
function noAdministrator(url: string): CoreError {
  return new CoreError('object/not-found', `The service at ${url} has no administrator yet, so nobody can sign in.`, {
    safety: 'Nothing was sent.',
    remedy: `Make the first one: holdfast setup ${url}, with the link that the service printed when it was started last; or open that link in a browser.`,
    context: { url },
  })
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
