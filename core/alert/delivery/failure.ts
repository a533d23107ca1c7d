import { CoreError } from '../../base/index.ts'

/** Why a server could not be talked to, by the code of the system, of TLS or of the resolver. */
const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['it refuses the connection', 'See that the server runs, and that host and port are right.'],
  ECONNRESET: ['it closed the connection', 'See the log of that server; the port may want TLS, or not.'],
  EPIPE: ['it closed the connection', 'See the log of that server; the port may want TLS, or not.'],
  UND_ERR_SOCKET: ['it closed the connection', 'See the log of that server; the port may want TLS, or not.'],
  ENOTFOUND: ['its name is not known', 'See that the name is right, and that this computer can resolve names.'],
  EAI_AGAIN: ['its name cannot be resolved now', 'See that this computer reaches its name server.'],
  EDNS: ['its name cannot be resolved', 'See that the name is right, and that this computer can resolve names.'],
  EHOSTUNREACH: ['there is no way to it', 'See that this computer may reach it through the network.'],
  ENETUNREACH: ['there is no way to it', 'See that this computer may reach it through the network.'],
  ETIMEDOUT: ['it does not answer', 'See that the server runs, and that no firewall is between.'],
  CERT_HAS_EXPIRED: ['its certificate has expired', 'Renew the certificate of that server.'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'its certificate is for another name',
    'Give the name that the certificate is for, or that server a certificate for this name.',
  ],
  ERR_SSL_WRONG_VERSION_NUMBER: ['it does not speak TLS at this port', 'Choose another port or another security.'],
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'CERT_REVOKED',
  'CERT_NOT_YET_VALID',
  'CERT_SIGNATURE_FAILURE',
])

/** Reason and remedy for the first code that is known. Messages of these errors may hold an address with a secret in it. */
export function connectionReason(codes: readonly unknown[]): readonly [reason: string, remedy: string] | undefined {
  for (const code of codes) {
    if (typeof code !== 'string') continue
    if (UNTRUSTED.has(code))
      return [
        `its certificate is not trusted (${code})`,
        'Have that server show a certificate of an authority that this computer trusts, or make this computer trust its authority.',
      ]
    const known = REASONS[code]
    if (known !== undefined) return known
  }
  return undefined
}

/** `cause` is left out on purpose: what libraries say may hold passwords and addresses with tokens. */
export function undelivered(message: string, remedy: string): CoreError {
  return new CoreError('alert/undelivered', message, {
    retryable: true,
    safety: 'Backups are not affected.',
    remedy,
  })
}
