import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'

import { initRepository, openRepository, type Repository } from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { cheapenKey } from './cheap-key.ts'
import { runHoldfast } from './holdfast.ts'
import { keepFolder } from './kept-folder.ts'
import { seededChance } from './seeded-chance.ts'
import { snapshotContents } from './snapshot-contents.ts'
import { snapshotFiles, type SnapshotFiles } from './snapshot-files.ts'

const PASSWORD = 'care'

/** A repository with a history, to be copied for each round of a test, and what its snapshots hold. */
export interface CareScene {
  readonly home: string
  /** From the oldest to the newest. */
  readonly snapshots: readonly string[]
  /** What each of them holds. */
  readonly contents: ReadonlyMap<string, string>
  readonly files: readonly SnapshotFiles[]
  readonly env: NodeJS.ProcessEnv
  /** A copy of the repository to be worked on, in the place of the one before. */
  fresh(): string
  /** An empty repository with the same password, in the place of the one before. */
  blank(): string
  open(folder: string): Promise<Repository>
  /** As restic reads, or as we do: see `snapshotContents`. */
  contentsOf(folder: string, purpose?: 'refer' | 'read'): Promise<ReadonlyMap<string, string>>
  /** Of all snapshots, or of one. */
  filesOf(folder: string, only?: string): Promise<readonly SnapshotFiles[]>
  /** The names of the packs that its index lists, sorted. */
  listedPacks(folder: string): Promise<readonly string[]>
  /** Not minding locks: restic would refuse the one that a killed run leaves. */
  restic(folder: string, ...args: readonly string[]): string
  end(): void
}

/** Six snapshots that have something in common, each with packs of which the next ones need a part. */
export async function makeCareScene(): Promise<CareScene> {
  const home = mkdtempSync(join(tmpdir(), 'holdfast-care-'))
  const [first, source, work] = [join(home, 'first'), join(home, 'source'), join(home, 'work')]
  const env = { ...process.env, RESTIC_PASSWORD: PASSWORD, HOLDFAST_STATE_DIR: join(home, 'state') }
  const [empty, added] = [join(home, 'empty'), join(home, 'added')]
  for (const folder of [first, empty]) await makeEmpty(folder)
  const snapshots: string[] = []
  for (let round = 0; round < 6; round++) {
    for (let file = 0; file < 8; file++) {
      const folder = join(source, `d${file % 3}`)
      mkdirSync(folder, { recursive: true })
      // Some files change each time, some every other time, one never.
      const version = file === 0 ? 0 : file % 2 === 0 ? Math.floor(round / 2) : round
      writeFileSync(
        join(folder, `f${file}`),
        seededChance(file * 100 + version).fill(Buffer.alloc(20_000 + file * 1000)),
      )
    }
    const { stdout, stderr } = await runHoldfast(['repo', 'backup', '-r', first, '--json', source], { env })
    const id = /"snapshot_id":"([0-9a-f]{64})"/.exec(stdout)?.[1]
    if (id === undefined) throw new Error(stderr)
    snapshots.push(id)
  }
  const [kept, keptEmpty] = [keepFolder(first), keepFolder(empty)]
  return {
    home,
    snapshots,
    contents: await contentsOf(first),
    files: await filesOf(first),
    env,
    fresh() {
      kept.copyTo(work)
      return work
    },
    blank() {
      keptEmpty.copyTo(added)
      return added
    },
    open,
    contentsOf,
    filesOf,
    listedPacks,
    restic(folder, ...args) {
      const command = ['-r', folder, '--no-cache', '--no-lock', ...args]
      return execFileSync('restic', command, { env, encoding: 'utf8', stdio: 'pipe' })
    },
    end: () => rmSync(home, { recursive: true, force: true }),
  }
}

function open(folder: string): Promise<Repository> {
  return openRepository(openDirectoryStorage(folder), PASSWORD)
}

async function filesOf(folder: string, only?: string): Promise<readonly SnapshotFiles[]> {
  return snapshotFiles(await open(folder), only)
}

async function contentsOf(folder: string, purpose?: 'refer' | 'read'): Promise<ReadonlyMap<string, string>> {
  return snapshotContents(await open(folder), purpose)
}

async function listedPacks(folder: string): Promise<readonly string[]> {
  const index = await (await open(folder)).loadIndex({ purpose: 'refer' })
  const entries = Array.from({ length: index.count }, (_, entry) => index.locate(entry))
  return [...new Set(entries.map(({ pack }) => index.packs.idOf(pack).toString('hex')))].toSorted()
}

/** Names of locks. One that was not finished is none, and is swept with all that is left half-written, in a day. */
export function locksIn(folder: string): string[] {
  return readdirSync(join(folder, 'locks')).filter((name) => !name.includes('-tmp-'))
}

async function makeEmpty(folder: string): Promise<void> {
  await initRepository(openDirectoryStorage(folder), {
    password: PASSWORD,
    owner: { hostname: hostname(), username: '', created: '2026-11-20T00:00:00Z' },
    chunkerPolynomial: '25b468838dcb75',
  })
  await cheapenKey(folder, PASSWORD)
}
