import { spawn } from 'node:child_process'

import { CoreError } from '../../core/base/index.ts'
import { openRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { checkRepository } from './check-repository.ts'

/** What two checks say of one repository, all of it read. */
export interface BothChecks {
  /** The exit code of restic's. */
  readonly restic: number
  /** Kinds of damage that Holdfast's finds, or the code of the error that ends it: what makes it fail. */
  readonly damage: readonly string[]
  /** Kinds of its hints, with which it does not. */
  readonly hints: readonly string[]
  /** What it says is lost, by paths. */
  readonly lost: ReadonlySet<string>
}

/** Has both check the repository in a folder. */
export async function checkBesideRestic(repository: string, password: string): Promise<BothChecks> {
  const [restic, ours] = await Promise.all([
    resticCode(password, '-r', repository, 'check', '--read-data', '--no-lock'),
    holdfastFinds(repository, password),
  ])
  return { restic, ...ours }
}

/**
 * Runs restic without a cache, which would hide what is damaged. Resolves to its exit code. A pack that is not there, or not
 * of its size, fails a check, which says so and then tries for a minute to read it: that is not waited for.
 */
export function resticCode(password: string, ...args: readonly string[]): Promise<number> {
  const env = { ...process.env, RESTIC_PASSWORD: password, TZ: 'UTC' }
  const child = spawn('restic', ['--no-cache', '-q', ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  let said = ''
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (/^pack [0-9a-f]{64}: (?:does not exist|unexpected file size)/m.test(said)) child.kill('SIGKILL')
    })
    child.once('close', (code) => resolve(code ?? 1))
  })
}

async function holdfastFinds(repository: string, password: string): Promise<Omit<BothChecks, 'restic'>> {
  try {
    const opened = await openRepository(openDirectoryStorage(repository), password)
    const { findings, affected } = await checkRepository(opened)
    const kindsOf = (severity: string): string[] =>
      [...new Set(findings.filter((each) => each.severity === severity).map(({ kind }) => kind))].toSorted()
    const lost = new Set(affected.map(({ path }) => path.toString()))
    return { damage: kindsOf('damage'), hints: kindsOf('hint'), lost }
  } catch (error) {
    if (error instanceof CoreError) return { damage: [error.code], hints: [], lost: new Set() }
    throw error
  }
}
