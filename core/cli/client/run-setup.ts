import { readFileSync } from 'node:fs'

import { type Abortable, CoreError, reasonOf } from '../../base/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput } from '../output.ts'
import { placeOf } from './connection/connect.ts'
import { trustOnSight } from './connection/trust-on-sight.ts'
import { withSession } from './connection/with-session.ts'
import { keepLogin, makeToken } from './keep-login.ts'
import type { SetupOptions } from './login-options.ts'
import { askLine, readSecret } from './read-secret.ts'
import { findSetupLink, type SetupLink } from './setup-link.ts'

/** Makes the first administrator with the link that the service printed, and signs him in. */
export async function runSetup(options: SetupOptions): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: false })
  using interruption = listenForInterruption()
  const { signal } = interruption
  refuseTwoOfOneInput(options)
  const link = await linkOf(options, { signal })
  const meant = options.url ?? (process.env['HOLDFAST_URL'] || link.url)
  const place = placeOf({ ...options, ...(meant !== undefined && { url: meant }) })
  const { url } = place
  const trust = await trustOnSight(url, place.trust, { fingerprint: options.fingerprint, output, signal })
  const kept = await withSession(url, trust, async (client) => {
    await client.health.get(undefined, { signal })
    if (!(await client.setup.get(undefined, { signal })).isNeeded) throw isThere(url)
    const name = options.name ?? (await askLine('Name of the first administrator: ', { signal }))
    if (name === undefined || name === '') throw noName()
    const password = await readSecret(
      {
        questions: ['Password, at least 10 characters: ', 'The password again: '],
        file: options.passwordFile,
        option: '--password-file',
      },
      { signal },
    )
    const signedIn = await client.setup.begin({ token: link.token, name, password }, { signal })
    output.say(`Made the first administrator, ${signedIn.user.name}.`)
    return makeToken(client, signedIn, options.days, { signal })
  })
  await keepLogin({ ...place, trust }, kept, { output, signal })
  return EXIT.done
}

function readsInput(file: string | undefined): boolean {
  return file === '-' || (file === undefined && !process.stdin.isTTY)
}

/** Where nobody is at a terminal, one of them is read from standard input, and never both. */
function refuseTwoOfOneInput({ linkFile, passwordFile }: SetupOptions): void {
  if (!readsInput(linkFile) || !readsInput(passwordFile)) return
  throw new CoreError('input/invalid', 'The link and the password cannot both come from standard input.', {
    safety: 'Nothing was sent.',
    remedy: 'Name a file that only you can read with --link-file or --password-file, or start it at a terminal.',
  })
}

async function linkOf({ linkFile }: SetupOptions, { signal }: Abortable): Promise<SetupLink> {
  const asked = linkFile === undefined && process.stdin.isTTY
  const text = asked
    ? await askLine('Link that `holdfast serve` printed: ', { signal })
    : readAll(linkFile === '-' ? undefined : linkFile)
  const link = findSetupLink(text ?? '')
  if (link) return link
  throw new CoreError('input/invalid', 'That is not the link that a service prints, and none is in it.', {
    safety: 'Nothing was sent.',
    remedy:
      'Take all of the line that `holdfast serve` prints below "This appliance has no administrator yet". A new one is printed at each start until there is one; under systemd it is in the journal (journalctl -u UNIT).',
  })
}

function readAll(path: string | undefined): string {
  try {
    return readFileSync(path ?? 0, 'utf8')
  } catch (error) {
    throw new CoreError('input/invalid', `${path ?? 'Standard input'} cannot be read: ${reasonOf(error)}.`, {
      safety: 'Nothing was sent.',
      remedy: 'Name a file that holds the link with --link-file; - is standard input.',
    })
  }
}

function isThere(url: string): CoreError {
  return new CoreError('object/conflict', `The service at ${url} has an administrator already.`, {
    safety: 'Nothing was changed.',
    remedy: `Sign in: holdfast login ${url}. An administrator makes further users: holdfast user add`,
    context: { url },
  })
}

function noName(): CoreError {
  return new CoreError('input/invalid', 'Nobody said what the administrator is called.', {
    safety: 'Nothing was changed, and the link is still good.',
    remedy: 'Give the name with --name.',
  })
}
