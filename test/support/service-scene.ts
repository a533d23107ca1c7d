import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { type Ended, jsonLines, runHoldfast, startHoldfast } from './holdfast.ts'

/** What `holdfast serve` told, and how it is ended. */
export interface ServiceProcess {
  readonly url: string
  readonly fingerprint: string | undefined
  readonly setupToken: string | undefined
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>
}

/** A service of its own process, in a folder of its own, with an administrator; and a user's home to call it from. */
export interface ServiceScene extends AsyncDisposable {
  readonly folder: string
  readonly service: ServiceProcess
  /** A file with the administrator's password. */
  readonly passwordFile: string
  /** Variables of somebody who has never signed in. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Runs the program as this user. */
  call(...args: readonly string[]): Promise<Ended>
  /** The same with --json: its objects. Throws where it does not end with `code`. */
  json(args: readonly string[], code?: number): Promise<Record<string, unknown>[]>
  /** The one that a command told. */
  one<T>(args: readonly string[], type: string): Promise<T>
  login(...more: readonly string[]): Promise<Ended>
  /** Stops the service, and starts it again on the same port. */
  restart(): Promise<void>
}

export const PASSWORD = 'correct horse battery'

export async function serveOn(data: string, port = 0): Promise<ServiceProcess> {
  const child = startHoldfast(['serve', '--data-dir', data, '--port', String(port), '--json'])
  const [told] = jsonLines(await firstLine(child))
  if (told?.['message_type'] !== 'listening') throw new Error(`not listening: ${JSON.stringify(told)}`)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  return {
    url: String(told['url']),
    fingerprint: told['fingerprint'] as string | undefined,
    setupToken: /token=(.+)$/.exec((told['setup_url'] as string | undefined) ?? '')?.[1],
    async stop() {
      child.kill('SIGTERM')
      await exited
    },
  }
}

function firstLine(child: ChildProcessWithoutNullStreams): Promise<string> {
  let out = ''
  let err = ''
  return new Promise((resolve, reject) => {
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      const end = out.indexOf('\n')
      if (end >= 0) resolve(out.slice(0, end))
    })
    child.once('exit', (code) => reject(new Error(`serve ended with ${code}: ${err}`)))
  })
}

export async function startScene(): Promise<ServiceScene> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-service-'))
  const data = join(folder, 'data')
  const passwordFile = join(folder, 'password')
  mkdirSync(join(folder, 'home'))
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o600 })
  let service = await serveOn(data)
  await fetch(`${service.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token: service.setupToken, name: 'admin', password: PASSWORD }),
  })
  const env = {
    HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: undefined,
    HOLDFAST_URL: undefined,
    HOLDFAST_TOKEN_FILE: undefined,
  }
  const call = (...args: readonly string[]): Promise<Ended> => runHoldfast(args, { env })

  async function json(args: readonly string[], code = 0): Promise<Record<string, unknown>[]> {
    const ended = await call(...args, '--json')
    if (ended.code !== code)
      throw new Error(`${args.join(' ')} ended with ${ended.code}: ${ended.stderr}${ended.stdout}`)
    return jsonLines(ended.stdout)
  }

  return {
    folder,
    get service() {
      return service
    },
    passwordFile,
    env,
    call,
    json,
    async one<T>(args: readonly string[], type: string) {
      const told = (await json(args)).filter((each) => each['message_type'] === type)
      if (told.length !== 1) throw new Error(`${args.join(' ')} told ${told.length} of ${type}`)
      return told[0] as T
    },
    login: (...more) => call('login', service.url, '--name', 'admin', '--password-file', passwordFile, ...more),
    async restart() {
      const port = Number(new URL(service.url).port)
      await service.stop()
      service = await serveOn(data, port)
    },
    async [Symbol.asyncDispose]() {
      await service.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
