import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface SmtpOptions {
  readonly security: 'none' | 'starttls' | 'tls'
  /** Without one nobody has to say who he is. */
  readonly user?: string
  readonly password?: string
  /** Files in PEM. */
  readonly certificate?: string
  readonly key?: string
  readonly refusedRecipients?: readonly string[]
}

/** A mail as the server got it. */
export interface ReceivedMail {
  readonly from: string
  readonly to: readonly string[]
  readonly isEncrypted: boolean
  readonly isAuthenticated: boolean
  /** Headers and body, as they came over the wire. */
  readonly content: string
}

export interface SmtpServer extends AsyncDisposable {
  readonly port: number
  readonly received: () => ReceivedMail[]
}

// Debian's own, which has the package; another Python that comes first in PATH does not.
const PYTHON = '/usr/bin/python3'

/** Starts a real SMTP server (aiosmtpd) on a free port of loopback. */
export async function startSmtp(options: SmtpOptions): Promise<SmtpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-smtp-'))
  const server = spawn(PYTHON, ['-W', 'ignore', join(import.meta.dirname, 'server.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  server.stdin.write(`${JSON.stringify({ ...options, folder })}\n`)
  const ended = once(server, 'exit')
  const { value } = await createInterface({ input: server.stdout })[Symbol.asyncIterator]().next()
  const port = Number(value)
  if (!(port > 0)) throw new Error('The SMTP server did not start.')
  return {
    port,
    received: () =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .toSorted()
        .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReceivedMail),
    async [Symbol.asyncDispose]() {
      server.kill()
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}
