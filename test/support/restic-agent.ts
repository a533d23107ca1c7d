import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

export interface Ran {
  readonly code: number
  readonly output: string
}

/** Stock restic on a computer of its own, which knows a repository by its files alone. */
export interface ResticAgent {
  readonly home: string
  /** What is backed up. */
  readonly source: string
  /** Runs restic to its end, whatever that is. */
  run(...args: readonly string[]): Promise<Ran>
  /** The same; throws where it fails. Returns what it said. */
  done(...args: readonly string[]): Promise<string>
  start(...args: readonly string[]): ChildProcess
}

export interface ResticAgentOptions {
  readonly port: number
  readonly name: string
  readonly password: string
  /** A file in PEM, where the door has TLS. */
  readonly certificate?: string
}

export function makeResticAgent({ port, name, password, certificate }: ResticAgentOptions): ResticAgent {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-agent-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const source = join(home, 'source')
  mkdirSync(source)
  const scheme = certificate === undefined ? 'http' : 'https'
  const files = { repository: join(home, 'repository'), password: join(home, 'password') }
  writeFileSync(files.repository, `rest:${scheme}://${name}:${password}@127.0.0.1:${port}/`, { mode: 0o600 })
  writeFileSync(files.password, 'the vault', { mode: 0o600 })
  const env = {
    ...process.env,
    RESTIC_REPOSITORY_FILE: files.repository,
    RESTIC_PASSWORD_FILE: files.password,
    RESTIC_CACHE_DIR: join(home, 'cache'),
  }
  const all = (args: readonly string[]): string[] =>
    certificate === undefined ? [...args] : ['--cacert', certificate, ...args]
  const run: ResticAgent['run'] = (...args) =>
    new Promise((resolve) => {
      execFile('restic', all(args), { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0
        resolve({ code, output: stdout + stderr })
      })
    })
  return {
    home,
    source,
    run,
    async done(...args) {
      const { code, output } = await run(...args)
      if (code !== 0) throw new Error(`restic ${args.join(' ')} ended with ${code}: ${output}`)
      return output
    },
    start: (...args) => spawn('restic', all(args), { env, stdio: 'ignore' }),
  }
}
