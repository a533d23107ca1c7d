import { type FileKind, openMemoryStorage, type Storage } from '../../core/storage/index.ts'

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
