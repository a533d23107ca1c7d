import { type Abortable, reasonOf } from '../../base/index.ts'
import { oneLine } from '../words.ts'
import { connectionReason, undelivered } from './failure.ts'
import { redact } from './redact.ts'
import type { MailSettings } from './settings.ts'

export interface Mail extends Abortable {
  readonly settings: MailSettings
  readonly password: string | null
  /** What the sender is called, beside its address. */
  readonly senderName: string
  readonly subject: string
  readonly text: string
  /** How long all of it may take. Milliseconds. */
  readonly timeout: number
}

/**
 * Hands a mail over to the server. Gives back the addresses that the server refused where it took others. Throws
 * `alert/undelivered`.
 */
export async function sendMail(mail: Mail): Promise<readonly string[]> {
  const { settings, password, signal, timeout } = mail
  const { host, port, security, user } = settings
  // Most starts of the service never send one.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    dnsTimeout: timeout,
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    // Nothing in a message may name a file or an address to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const limit = AbortSignal.timeout(timeout)
  try {
    const { rejected } = await transport.sendMail({
      from: { name: oneLine(mail.senderName), address: settings.from },
      to: settings.to.map((address) => ({ name: '', address })),
      subject: oneLine(mail.subject),
      text: mail.text,
      // RFC 3834: no answer that somebody is away.
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    })
    return rejected
  } catch (error) {
    signal?.throwIfAborted()
    throw failure(mail, limit.aborted, error)
  } finally {
    transport.close()
  }
}

interface SmtpFailure {
  readonly code?: unknown
  readonly originalCode?: unknown
  readonly response?: unknown
}

function failure({ settings, password }: Mail, isLate: boolean, error: unknown): Error {
  const { host, port, user } = settings
  const { code, originalCode, response } = error as SmtpFailure
  const secrets = [password ?? '', `\0${user ?? ''}\0${password ?? ''}`]
  const answer = typeof response === 'string' && response !== '' ? redact(response, secrets) : undefined
  const tell = (reason: string, remedy: string): Error =>
    undelivered(`The mail server ${host}:${port} did not take the mail: ${reason}.`, remedy)
  if (isLate) return tell('it does not answer in time', 'See that the server runs, and that no firewall is between.')
  if (code === 'EAUTH')
    return tell(
      `it does not accept user and password${answer === undefined ? '' : `, and says "${answer}"`}`,
      'Correct user and password in the delivery of alerts.',
    )
  if (answer !== undefined)
    return tell(
      code === 'ETLS' ? `it does not offer STARTTLS, and says "${answer}"` : `it says "${answer}"`,
      code === 'ETLS'
        ? 'Turn on STARTTLS at the server, or choose another security or port.'
        : 'See that sender and recipients are addresses that this server takes mail for.',
    )
  const [reason, remedy] = connectionReason([originalCode, code]) ?? [
    redact(reasonOf(error), secrets),
    'See that host, port and security are right, and that the server runs.',
  ]
  return tell(reason, remedy)
}
