import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

import { type Abortable, CoreError, reasonOf } from '../../../base/index.ts'
import { unreachable } from './transport-error.ts'

/** Whose certificate a service may show. Nothing: one that this computer's authorities have signed. */
export interface Trust {
  /** In PEM: this very certificate, whatever name it is for. */
  readonly pinned?: string | undefined
  /** In PEM: certificates of authorities. */
  readonly ca?: string | undefined
}

/** What TLS is to check. A pinned certificate is its own authority, and the name in it does not matter. */
export function tlsOptions({ pinned, ca }: Trust): ConnectionOptions {
  if (pinned === undefined) return ca === undefined ? {} : { ca }
  const known = fingerprintOf(pinned)
  return {
    ca: pinned,
    checkServerIdentity: (_host, { fingerprint256 }) =>
      fingerprint256 === known ? undefined : new Error('it is not the certificate that was pinned'),
  }
}

/** SHA-256 of a certificate in PEM, as browsers show it: `AB:CD:…`. */
export function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256
}

/** Whether somebody means this fingerprint, with or without colons, in large or small letters. */
export function isSameFingerprint(a: string, b: string): boolean {
  return bare(a).length === 64 && bare(a) === bare(b)
}

function bare(fingerprint: string): string {
  return fingerprint.replaceAll(/[^0-9a-f]/gi, '').toLowerCase()
}

/** The certificate that a service shows, in PEM, whoever it is: nothing is sent to it. */
export function shownCertificate(url: string, { signal }: Abortable = {}): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const host = hostname.replace(/^\[|\]$/g, '')
    const socket = connectTls({ host, port: Number(port || 443), rejectUnauthorized: false, timeout: 10_000 })
    const stop = (): void => void socket.destroy(signal?.reason as Error)
    signal?.addEventListener('abort', stop, { once: true })
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerX509Certificate()
      socket.destroy()
      if (certificate) resolve(certificate.toString())
      else reject(unreachable(url, new Error('it shows no certificate')))
    })
    socket.once('timeout', () => socket.destroy(new Error('nobody answered')))
    socket.once('error', (error) => reject(signal?.aborted ? error : unreachable(url, error)))
    socket.once('close', () => signal?.removeEventListener('abort', stop))
  })
}

/** The certificates in a file. Throws `input/invalid`. */
export function readAuthorities(path: string): string {
  try {
    const text = readFileSync(path, 'utf8')
    // It throws where the text is no certificate.
    fingerprintOf(text)
    return text
  } catch (error) {
    throw new CoreError('input/invalid', `The certificates in ${path} cannot be used: ${reasonOf(error)}.`, {
      cause: error,
      safety: 'Nothing was sent.',
      remedy: 'Name a file that holds certificates in PEM and that you may read.',
    })
  }
}
