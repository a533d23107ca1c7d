import { createPrivateKey, X509Certificate } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { isIP } from 'node:net'
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
  /** Names and addresses by which the door is reached. */
  readonly hosts: readonly string[]
  readonly clock: Clock
}

const DAY = 24 * 60 * 60 * 1000
const LASTS = 825 * DAY
const RENEWED_BEFORE = 30 * DAY
/** RFC 5280, appendix A: `ub-common-name`. Clients look at the other names only. */
const LONGEST_COMMON_NAME = 64

/**
 * The appliance's own certificate, which it signs itself: made where there is none that fits its key, it ends soon, or names
 * are missing.
 */
export async function ownCertificate({ folder, hosts, clock }: OwnCertificateOptions): Promise<Certificate> {
  const paths = { cert: join(folder, 'door.crt'), key: join(folder, 'door.key') }
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])]
  const kept = await read(paths)
  if (kept && isGood(kept, names, clock.now())) return kept
  const commonName = hosts.find((host) => host.length <= LONGEST_COMMON_NAME) ?? 'localhost'
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
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
        // RFC 5280, 4.2.1.6: an address is written as one, as clients look for it there.
        altNames: names.map((value) => (isIP(value) === 0 ? { type: 2, value } : { type: 7, ip: value })),
      },
    ],
  })
  // Ended between the two, there is a certificate beside another key: the next start sees it, and makes both anew.
  await replaceFile(paths.key, key, 0o600)
  await replaceFile(paths.cert, cert, 0o644)
  return { cert, key }
}

/** Whoever reads it finds the old content or the new one, never a part. */
async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  const part = `${path}.part`
  const file = await open(part, 'w', mode)
  try {
    await file.chmod(mode)
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, path)
}

async function read(paths: Certificate): Promise<Certificate | undefined> {
  try {
    return { cert: await readFile(paths.cert, 'utf8'), key: await readFile(paths.key, 'utf8') }
  } catch {
    return undefined
  }
}

function isGood({ cert, key }: Certificate, names: readonly string[], now: number): boolean {
  try {
    const known = new X509Certificate(cert)
    return (
      known.checkPrivateKey(createPrivateKey(key)) &&
      known.validFromDate.getTime() <= now &&
      known.validToDate.getTime() - now > RENEWED_BEFORE &&
      names.every((name) => (isIP(name) === 0 ? known.checkHost(name) : known.checkIP(name)) !== undefined)
    )
  } catch {
    return false
  }
}
