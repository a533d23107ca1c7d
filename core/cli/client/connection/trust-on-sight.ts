import { type Abortable, CoreError } from '../../../base/index.ts'
import type { Output } from '../../output.ts'
import { askLine } from '../read-secret.ts'
import { isUntrusted } from './transport-error.ts'
import { createTransport } from './transport.ts'
import { fingerprintOf, isSameFingerprint, shownCertificate, type Trust } from './trust.ts'

export interface Sight extends Abortable {
  /** What the certificate must be, where nobody is asked. */
  readonly fingerprint: string | undefined
  readonly output: Output
}

/**
 * Whom to trust at an address from now on: whoever was trusted already, else one that an authority vouches for, else the
 * very certificate that is shown, once somebody has said that it is the right one. Throws `identity/refused`.
 */
export async function trustOnSight(url: string, known: Trust, { fingerprint, output, signal }: Sight): Promise<Trust> {
  if (!url.startsWith('https:')) return {}
  if (fingerprint === undefined && (await isTrusted(url, known, { signal }))) return known
  if (known.ca !== undefined && fingerprint === undefined) return known
  const certificate = await shownCertificate(url, { signal })
  const shown = fingerprintOf(certificate)
  output.warn(`${url} shows a certificate with the SHA-256 fingerprint ${shown}.`)
  const isRight =
    fingerprint === undefined ? await askWhether(isPinned(known), { signal }) : isSameFingerprint(fingerprint, shown)
  if (isRight) return { pinned: certificate }
  throw new CoreError('identity/refused', `The certificate of ${url} is not trusted.`, {
    safety: 'Nothing was sent: no password, and no token.',
    remedy:
      fingerprint === undefined
        ? 'Compare the fingerprint with the one that `holdfast serve` prints, and give it with --fingerprint.'
        : 'It is not the one that --fingerprint gives. Somebody may be in between: look at the fingerprint on the computer of the service.',
    context: { url, fingerprint: shown },
  })
}

function isPinned({ pinned }: Trust): boolean {
  return pinned !== undefined
}

async function askWhether(isChanged: boolean, options: Abortable): Promise<boolean> {
  const what = isChanged ? 'It is ANOTHER one than before. ' : ''
  const answer = await askLine(
    `${what}Is it the one that \`holdfast serve\` prints on its computer? yes or no: `,
    options,
  )
  return answer?.trim().toLowerCase() === 'yes'
}

async function isTrusted(url: string, trust: Trust, { signal }: Abortable): Promise<boolean> {
  using transport = createTransport({ url, trust, headers: () => ({}) })
  try {
    const { body } = await transport.fetch(new Request(`${url}/healthz`, { ...(signal && { signal }) }))
    await body?.cancel()
    return true
  } catch (error) {
    if (error instanceof CoreError && isUntrusted(error.cause)) return false
    throw error
  }
}
