import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

import { onTestFinished } from 'vitest'

import { initRepository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from './cheap-key.ts'
import { type Ended, type HoldfastOptions, jsonLines, runHoldfast } from './holdfast.ts'
import { readStored, storageOf, type StoredFiles } from './stored-files.ts'

/** What `holdfast repo backup --json` did. */
export interface BackupRun extends Ended {
  /** All that it printed on standard output. */
  readonly lines: readonly Record<string, unknown>[]
  /** The last line; empty where there was none. */
  readonly summary: Readonly<Record<string, unknown>>
}

/** A new repository and a folder to be backed up, both in a temporary folder that goes with the test. */
export interface Vault {
  readonly id: string
  /** The folder of the repository. */
  readonly path: string
  /** The folder to be backed up. */
  readonly source: string
  /** Variables by which holdfast and restic find the repository. */
  readonly env: Readonly<Record<string, string>>
  /** A path beside them. */
  file(name: string): string
  /** A path in the source. */
  at(...names: readonly string[]): string
  /** Writes a file in the source, with the folders that it needs. Returns its path. */
  write(name: string, content: string | Uint8Array): string
  /** `holdfast repo …` on it. */
  holdfast(args: readonly string[], options?: HoldfastOptions): Promise<Ended>
  /** Backs up with these options, the source where no target is named. */
  backUp(args?: readonly string[], options?: HoldfastOptions & { readonly target?: string }): Promise<BackupRun>
  /** What is in a snapshot, as paths below the source. */
  kept(snapshot?: unknown): Promise<string[]>
  /** The content of a file of the source in a snapshot. */
  contentOf(name: string, snapshot?: unknown): Promise<Buffer>
  restic(...args: readonly string[]): string
  /** Every file of the repository: its name with its size and time. */
  stored(): string[]
}

const PASSWORD = 'vault'

interface Blank {
  readonly id: string
  readonly files: StoredFiles
}

/** Repositories with nothing in them, whose keys are opened in no time; made once for all tests of a file. */
const blanks = new Map<string, Promise<Blank>>()

async function makeBlank(chunkerPolynomial: string): Promise<Blank> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-blank-'))
  try {
    const storage = openDirectoryStorage(folder)
    const { config } = await initRepository(storage, {
      password: PASSWORD,
      owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
      chunkerPolynomial,
    })
    await cheapenKey(folder, PASSWORD)
    return { id: config.id, files: await readStored(storage) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export interface VaultOptions {
  /** Vaults of one name are of one id, and of one key. */
  readonly name?: string
  readonly chunkerPolynomial?: string
}

export async function makeVault({
  name = '',
  chunkerPolynomial = '25b468838dcb75',
}: VaultOptions = {}): Promise<Vault> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-vault-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const [path, source] = [join(home, 'repository'), join(home, 'source')]
  const env = {
    RESTIC_REPOSITORY: path,
    RESTIC_PASSWORD: PASSWORD,
    RESTIC_CACHE_DIR: join(home, 'cache'),
    XDG_STATE_HOME: join(home, 'state'),
    HOLDFAST_STATE_DIR: join(home, 'state', 'holdfast'),
  }
  const blank = blanks.get(`${name} ${chunkerPolynomial}`) ?? makeBlank(chunkerPolynomial)
  blanks.set(`${name} ${chunkerPolynomial}`, blank)
  const { id, files } = await blank
  await storageOf(files, openDirectoryStorage(path))
  mkdirSync(source)

  const holdfast = (args: readonly string[], options: HoldfastOptions = {}): Promise<Ended> =>
    runHoldfast(['repo', ...args], { ...options, env: { ...env, ...options.env } })

  return {
    id,
    path,
    source,
    env,
    file: (beside) => join(home, beside),
    at: (...names) => join(source, ...names),
    write(named, content) {
      const file = join(source, named)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
    holdfast,
    async backUp(args = [], { target = source, ...options } = {}) {
      const logs = ['--log-dir', join(home, 'logs')]
      const ended = await holdfast(['backup', '--json', ...logs, ...args, target], options)
      const lines = jsonLines(ended.stdout)
      return { ...ended, lines, summary: lines.at(-1) ?? {} }
    },
    async kept(snapshot = 'latest') {
      const { stdout } = await holdfast(['ls', '--json', String(snapshot)])
      return jsonLines(stdout)
        .map(({ path: entry }) => String(entry))
        .filter((entry) => entry.startsWith(`${source}/`))
        .map((entry) => relative(source, entry))
    },
    contentOf: async (named, snapshot = 'latest') =>
      (await holdfast(['dump', String(snapshot), join(source, named)])).bytes,
    restic: (...args) =>
      execFileSync('restic', args, {
        env: { ...process.env, ...env },
        encoding: 'utf8',
        stdio: 'pipe',
        maxBuffer: 2 ** 28,
      }),
    stored: () =>
      readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const file = join(entry.parentPath, entry.name)
          const { size, mtimeMs } = statSync(file)
          return `${relative(path, file)} ${size} ${mtimeMs}`
        })
        .toSorted(),
  }
}
