import { CoreError, reasonOf } from '../../../base/index.ts'

/** What OpenSSL and Node say where a certificate is not trusted (nodejs.org/api/tls.html, "X509 certificate error codes"). */
const UNTRUSTED: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** Whether a connection was given up as nobody vouches for who answered. */
export function isUntrusted(error: unknown): boolean {
  return UNTRUSTED.has(codeOf(error)) || (error instanceof Error && error.message.includes('was pinned'))
}

/** Nobody answers, or somebody else does. */
export function unreachable(url: string, cause: unknown): CoreError {
  const mayBeTls = url.startsWith('http:') && ['ECONNRESET', 'EPIPE'].includes(codeOf(cause))
  return new CoreError('service/unavailable', `The service at ${url} cannot be reached: ${saying(cause)}.`, {
    cause,
    retryable: true,
    safety: 'What the service does goes on without this command.',
    remedy: mayBeTls
      ? `It may speak TLS only: try ${url.replace('http:', 'https:')}.`
      : 'Start it with `holdfast serve`, or name its address with --url or HOLDFAST_URL.',
    context: { url },
  })
}

/** Somebody answers who is not who was expected. */
export function untrusted(url: string, cause: unknown, isPinned: boolean): CoreError {
  const what = isPinned
    ? `${url} shows another certificate than the one that was trusted at \`holdfast login\``
    : `Nobody vouches for the certificate of ${url}`
  return new CoreError('identity/refused', `${what}: ${saying(cause)}.`, {
    cause,
    safety: 'Nothing was sent: no password, and no token.',
    remedy: isPinned
      ? `If the service was given a new one, compare its fingerprint on its own computer, and sign in again: holdfast login ${url}`
      : `Sign in with \`holdfast login ${url}\`, which shows its fingerprint, or name its authority with --ca-file.`,
    context: { url },
  })
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' ? code : ''
}

/** A name with several addresses fails with several errors and says nothing by itself. */
function saying(error: unknown): string {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error
  return reasonOf(first) || codeOf(error) || 'it failed'
}
