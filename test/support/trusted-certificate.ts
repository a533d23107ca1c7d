import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'

import { generate } from 'selfsigned'

export interface Certificate extends Disposable {
  /** Files in PEM. */
  readonly certificate: string
  readonly key: string
  /** From now on this process trusts it, until it is disposed of. */
  readonly trust: () => void
}

/** A certificate for a name, or for 127.0.0.1, that nobody else has signed. */
export async function selfSigned(name: string): Promise<Certificate> {
  const before = getCACertificates('default')
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-certificate-'))
  const altName = /^[\d.]+$/.test(name) ? { type: 7 as const, ip: name } : { type: 2 as const, value: name }
  const made = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [altName] }],
  })
  const certificate = join(folder, 'certificate.pem')
  const key = join(folder, 'key.pem')
  writeFileSync(certificate, made.cert)
  writeFileSync(key, made.private)
  return {
    certificate,
    key,
    trust: () => setDefaultCACertificates([...before, made.cert]),
    [Symbol.dispose]() {
      setDefaultCACertificates(before)
      rmSync(folder, { recursive: true })
    },
  }
}
