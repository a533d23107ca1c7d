import { appendFile, link, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

import { backUp, type BackupOptions } from '../../core/archiver/index.ts'
import { drawPolynomial, formatPolynomial, initRepository, type Repository } from '../../core/repository/index.ts'
import { type FileKind, openDirectoryStorage, openMemoryStorage, type Storage } from '../../core/storage/index.ts'
import { backupOptions } from './backup-options.ts'
import { seededChance } from './seeded-chance.ts'

export const PASSWORD = 'small'

/** A repository with two snapshots of a small folder, the second one of the folder as it is. */
export interface SmallRepository {
  readonly repository: Repository
  /** Where it lies. */
  readonly location: string
  /** What is backed up. */
  readonly source: string
  readonly snapshots: readonly [string, string]
}

/** Makes it below `home`, which has to exist. */
export async function makeSmallRepository(home: string, version: 1 | 2 = 2): Promise<SmallRepository> {
  const source = join(home, 'source')
  const location = join(home, 'repository')
  await makeFiles(source)
  const repository = await initRepository(openDirectoryStorage(location), {
    password: PASSWORD,
    owner: { hostname: 'host', username: 'user', created: '2026-01-02T03:04:05Z' },
    chunkerPolynomial: formatPolynomial(drawPolynomial(seededChance(7))),
    version,
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
  const { snapshot, missed } = await backUp(repository, repository.loadIndex(), {
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

/** The files of a repository, to be damaged: by kind, then name. */
export type StoredFiles = Readonly<Record<FileKind, ReadonlyMap<string, Buffer>>>

const FILE_KINDS: readonly FileKind[] = ['config', 'key', 'lock', 'snapshot', 'index', 'pack']

export async function readStored(storage: Storage): Promise<StoredFiles> {
  const stored = emptyStored()
  for (const kind of FILE_KINDS) {
    for await (const { name } of storage.list(kind)) {
      const handle = { kind, name: kind === 'config' ? '' : name }
      stored[kind].set(handle.name, Buffer.from(await storage.load(handle)))
    }
  }
  return stored
}

/** What happens to one file: its new content, or undefined for none at all. */
export interface Change {
  readonly kind: FileKind
  readonly name: string
  readonly body: Buffer | undefined
}

/** The same files with some of them changed. */
export function withChanges(files: StoredFiles, changes: readonly Change[]): StoredFiles {
  const changed = emptyStored()
  for (const kind of FILE_KINDS) for (const [name, body] of files[kind]) changed[kind].set(name, body)
  for (const { kind, name, body } of changes) {
    if (body) changed[kind].set(name, body)
    else changed[kind].delete(name)
  }
  return changed
}

/** A storage that holds these files. */
export async function storageOf(files: StoredFiles, storage: Storage = openMemoryStorage()): Promise<Storage> {
  await storage.prepare()
  for (const kind of FILE_KINDS) for (const [name, body] of files[kind]) await storage.save({ kind, name }, body)
  return storage
}

function emptyStored(): Record<FileKind, Map<string, Buffer>> {
  return {
    config: new Map(),
    key: new Map(),
    lock: new Map(),
    snapshot: new Map(),
    index: new Map(),
    pack: new Map(),
  }
}
