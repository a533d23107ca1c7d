import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { generate } from 'selfsigned'

import { type Clock, dateOf } from '../../base/index.ts'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

export interface OwnCertificateOptions {
  /** Where it is kept: 0700. */
  readonly folder: string
  /** Names by which the door is reached. */
  readonly hosts: readonly string[]
  readonly clock: Clock
}

const DAY = 24 * 60 * 60 * 1000
const LASTS = 825 * DAY
const RENEWED_BEFORE = 30 * DAY

/** The appliance's own certificate, which it signs itself: made where there is none, it ends soon, or names are missing. */
export async function ownCertificate({ folder, hosts, clock }: OwnCertificateOptions): Promise<Certificate> {
  const paths = { cert: join(folder, 'door.crt'), key: join(folder, 'door.key') }
  const names = [...new Set(['localhost', ...hosts])]
  const kept = await read(paths)
  if (kept && isGood(kept, names, clock.now())) return kept
  const { cert, private: key } = await generate([{ name: 'commonName', value: hosts[0] ?? 'localhost' }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    notBeforeDate: dateOf(clock.now() - DAY),
    notAfterDate: dateOf(clock.now() + LASTS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          { type: 7 as const, ip: '127.0.0.1' },
          { type: 7 as const, ip: '::1' },
        ],
      },
    ],
  })
  await writeFile(paths.key, key, { mode: 0o600 })
  await writeFile(paths.cert, cert, { mode: 0o644 })
  return { cert, key }
}

async function read(paths: Certificate): Promise<Certificate | undefined> {
  try {
    return { cert: await readFile(paths.cert, 'utf8'), key: await readFile(paths.key, 'utf8') }
  } catch {
    return undefined
  }
}

function isGood({ cert }: Certificate, names: readonly string[], now: number): boolean {
  try {
    const known = new X509Certificate(cert)
    return (
      known.validToDate.getTime() - now > RENEWED_BEFORE && names.every((name) => known.checkHost(name) !== undefined)
    )
  } catch {
    return false
  }
}
