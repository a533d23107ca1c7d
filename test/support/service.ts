import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

import { noteGiven } from './given-options.ts'
import { PROGRAM } from './program.ts'

/** A service of its own, as it is started by people: a process that has printed its address. */
export interface TestService extends AsyncDisposable {
  readonly process: ChildProcess
  readonly url: string
  /** The one-time link; undefined where there is an administrator. */
  readonly setupUrl: string | undefined
  /** A request to its API, as whoever `use` has signed in. */
  api(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }>
  /** Makes the first administrator, or signs in. */
  enter(name: string, password: string): Promise<void>
  /** Asks it to stop, and waits: resolves to its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Starts the built program, on a free port where none is given. */
export async function startService(dataFolder: string, port = 0): Promise<TestService> {
  const args = ['serve', '--json', '--data-dir', dataFolder, '--port', String(port)]
  noteGiven(args)
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const lines = createInterface({ input: child.stdout })
  const [line] = (await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the service ended with ${String(code)}: ${said}`))),
  ])) as [string]
  const { url, setup_url: setupUrl } = JSON.parse(line) as { url: string; setup_url?: string }
  let cookie = ''

  async function api(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        origin: url,
        ...(cookie !== '' && { cookie }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const [session] = answer.headers.getSetCookie()
    if (session !== undefined) cookie = session.split(';')[0] ?? ''
    return { status: answer.status, body: await answer.json() }
  }

  async function stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
    const ended = once(child, 'exit')
    child.kill(signal)
    const [code] = (await ended) as [number | null]
    return code
  }

  return {
    process: child,
    url,
    setupUrl,
    api,
    async enter(name, password) {
      const token = setupUrl === undefined ? undefined : new URL(setupUrl).searchParams.get('token')
      const { status, body } =
        token === undefined
          ? await api('POST', '/session', { name, password })
          : await api('POST', '/setup', { token, name, password })
      if (status !== 200) throw new Error(`nobody was let in: ${JSON.stringify(body)}`)
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop('SIGKILL')
    },
  }
}
