import { appendFile, link, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

import { afterAll, beforeAll, expect } from 'vitest'

import { backUp, type BackupOptions } from '../../core/archiver/index.ts'
import {
  type BlobType,
  drawPolynomial,
  formatPolynomial,
  initRepository,
  readPackHeader,
  type Repository,
} from '../../core/repository/index.ts'
import { openDirectoryStorage } from '../../core/storage/index.ts'
import { backupOptions } from './backup-options.ts'
import { seededChance } from './seeded-chance.ts'
import { type Change, readStored, storageOf, type StoredFiles, withChanges } from './stored-files.ts'

export const PASSWORD = 'small'

/** A repository with two snapshots of a small folder, the second one of the folder as it is. */
interface MadeRepository {
  readonly repository: Repository
  /** Where it lies. */
  readonly location: string
  /** What is backed up. */
  readonly source: string
  readonly snapshots: readonly [string, string]
}

/** It, and copies of it that may be damaged. */
export interface SmallRepository extends MadeRepository {
  /** The folder that all this lies in. */
  readonly home: string
  /** All that is stored. */
  readonly files: StoredFiles
  /** Names of the packs that begin with a blob of this type. */
  packsOf(type: BlobType): string[]
  /** A repository of these files, in memory, with some of them changed. */
  copy(changes?: readonly Change[]): Promise<Repository>
}

/** Makes one before the tests of a file or of a `describe`, and removes it after them. */
export function useSmallRepository(): SmallRepository {
  let home = ''
  let made: (MadeRepository & { readonly files: StoredFiles }) | undefined
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'holdfast-small-'))
    const small = await makeSmallRepository(home)
    made = { ...small, files: await readStored(small.repository.storage) }
  })
  afterAll(() => rm(home, { recursive: true }))
  const get = () => made ?? expect.unreachable('the small repository is made before the tests')
  return {
    get home() {
      return home
    },
    get repository() {
      return get().repository
    },
    get location() {
      return get().location
    },
    get source() {
      return get().source
    },
    get snapshots() {
      return get().snapshots
    },
    get files() {
      return get().files
    },
    packsOf(type) {
      const { files, repository } = get()
      const isOf = (body: Buffer): boolean => readPackHeader(body, repository.sealer)[0]?.type === type
      return [...files.pack].flatMap(([name, body]) => (isOf(body) ? [name] : []))
    },
    async copy(changes = []) {
      const { files, repository } = get()
      return repository.over(await storageOf(withChanges(files, changes)))
    },
  }
}

async function makeSmallRepository(home: string): Promise<MadeRepository> {
  const source = join(home, 'source')
  const location = join(home, 'repository')
  await makeFiles(source)
  const repository = await initRepository(openDirectoryStorage(location), {
    password: PASSWORD,
    owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
    chunkerPolynomial: formatPolynomial(drawPolynomial(seededChance(7))),
  })
  const first = await backUpFolder(repository, source)
  await appendFile(join(source, 'text/notes.txt'), 'One line more.\n')
  await mkdir(join(source, 'later'))
  await writeFile(join(source, 'later/noise'), seededChance(2).fill(Buffer.alloc(70_000)))
  return { repository, location, source, snapshots: [first, await backUpFolder(repository, source)] }
}

/** Backs up a folder, with one worker unless told otherwise. Returns the snapshot's id. */
export async function backUpFolder(
  repository: Repository,
  folder: string,
  options: Partial<BackupOptions> = {},
): Promise<string> {
  const { snapshot, missed } = await backUp(repository, repository.loadIndex({ purpose: 'refer' }), {
    ...backupOptions(folder),
    ...options,
  })
  if (snapshot === undefined || missed.length > 0) throw new Error('the small folder could not be backed up')
  return snapshot
}

/** Compressible and not, one blob and several, none, two names, deep. */
async function makeFiles(folder: string): Promise<void> {
  const chance = seededChance(1)
  await mkdir(join(folder, 'text/deep/deeper'), { recursive: true })
  await writeFile(join(folder, 'text/notes.txt'), 'The quick brown fox jumps over the lazy dog.\n'.repeat(400))
  await writeFile(join(folder, 'text/deep/deeper/end.txt'), 'the end')
  await writeFile(join(folder, 'empty'), '')
  await writeFile(join(folder, 'noise'), chance.fill(Buffer.alloc(2_200_000)))
  await writeFile(join(folder, 'twin-a'), chance.fill(Buffer.alloc(5000)))
  await link(join(folder, 'twin-a'), join(folder, 'twin-b'))
  await symlink('text/notes.txt', join(folder, 'pointer'))
}

/** The content of every file below a folder, by its path from there. */
export async function readFiles(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>()
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(relative(folder, path), await readFile(path))
  }
  return files
}
