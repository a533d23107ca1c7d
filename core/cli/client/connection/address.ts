import { CoreError } from '../../../base/index.ts'

/** Where a service on this computer listens, unless told otherwise. */
export const DEFAULT_ADDRESS = 'http://localhost:8420'

/**
 * The origin of a service as a person writes it: `nas.example:8420` is TLS, `localhost:8420` is not. Throws
 * `input/invalid`, too, for a name on the network without TLS: passwords and tokens would be there for everybody to read.
 */
export function parseAddress(text: string): string {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `${isLoopback(hostIn(text)) ? 'http' : 'https'}://${text}`)
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.hostname === '') throw badAddress(text)
  if (url.username !== '' || url.password !== '' || url.pathname !== '/' || url.search !== '') throw badAddress(text)
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new CoreError('input/invalid', `${url.origin} is on the network, and not encrypted.`, {
      safety: 'Nothing was sent.',
      remedy: `Use https://${url.host}: beyond its own computer the service speaks TLS only.`,
    })
  }
  return url.origin
}

function hostIn(text: string): string {
  return /^(\[[^\]]*\]|[^:/]*)/.exec(text)?.[1] ?? ''
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function badAddress(text: string): CoreError {
  return new CoreError('input/invalid', `${JSON.stringify(text.slice(0, 200))} is no address of a service.`, {
    safety: 'Nothing was sent.',
    remedy: `Give one such as https://nas.example:8420, or ${DEFAULT_ADDRESS}.`,
  })
}
