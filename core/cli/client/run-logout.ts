import { CoreError, isCode } from '../../base/index.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { listenForInterruption } from '../interruption.ts'
import { createOutput } from '../output.ts'
import { placeOf } from './connection/connect.ts'
import { writeLogin } from './connection/login-file.ts'
import { revoke } from './connection/revoke.ts'
import type { LogoutOptions } from './login-options.ts'

/** Revokes the token that is kept of a service, and forgets it. */
export async function runLogout(options: LogoutOptions): Promise<ExitCode> {
  const output = createOutput({ json: options.json ?? false, quiet: false })
  using interruption = listenForInterruption()
  const { url, logins, path } = placeOf(options)
  const login = logins.of[url]
  if (login === undefined) {
    output.say(`You are not signed in to ${url}.`)
    output.emit({ message_type: 'logout', url, revoked: false })
    return EXIT.done
  }
  const revoked = options.local !== true && (await ended(url, login, interruption.signal))
  writeLogin(path, url, undefined)
  output.say(
    options.local === true
      ? `The token for ${url} is removed here. It is valid until somebody revokes it: holdfast token revoke ${login.tokenId}`
      : `Signed out of ${url}.`,
  )
  output.emit({ message_type: 'logout', url, revoked })
  return EXIT.done
}

/** A token that is not valid any more needs no revoking. */
async function ended(url: string, login: Parameters<typeof revoke>[1], signal: AbortSignal): Promise<boolean> {
  try {
    await revoke(url, login, { signal })
    return true
  } catch (error) {
    if (isCode(error, 'object/not-found')) return false
    if (isCode(error, 'identity/refused') && error.context['url'] === undefined) return false
    if (!isCode(error, 'service/unavailable')) throw error
    throw new CoreError('service/unavailable', error.message, {
      cause: error.cause,
      safety: 'The token is still valid, and still kept here.',
      remedy: 'Try again when the service is there. If it is gone for good: holdfast logout --local',
      context: { url },
    })
  }
}
