import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { readFile, rm, writeFile, chmod } from 'node:fs/promises'
import { join } from 'node:path'

import { type CacheDamage, openCacheStorage } from '../../core/cloud-cache/index.ts'
import { openDirectoryStorage, type FileKind, type Handle, type Storage } from '../../core/storage/index.ts'
import { CONFIG, randomBody, temporaryFolder } from '../conformance/fixture.ts'
import { bringTo, journalIn } from './cache-journal.ts'

/** A cache over two directories, with what it told of. */
export async function openTiers(folder = temporaryFolder()) {
  mkdirSync(join(folder, 'cache'), { recursive: true })
  const local = openDirectoryStorage(join(folder, 'cache', 'files'))
  const cloud = openDirectoryStorage(join(folder, 'cloud'))
  await cloud.prepare()
  const reopen = (tiers: { local?: Storage; cloud?: Storage } = {}) => {
    const { journal, clock } = journalIn(join(folder, 'cache'))
    const healed: CacheDamage[] = []
    const damaged: CacheDamage[] = []
    const cache = openCacheStorage({
      local,
      cloud,
      ...tiers,
      journal,
      clock,
      onHealed: (each) => healed.push(each),
      onDamaged: (each) => damaged.push(each),
    })
    return { folder, local, cloud, journal, clock, cache, healed, damaged, reopen }
  }
  const opened = reopen()
  await opened.cache.prepare()
  return opened
}

export type Tiers = Awaited<ReturnType<typeof openTiers>>

export interface Saved {
  readonly handle: Handle
  readonly body: Uint8Array
}

/** A file that has the name of its content. */
export function made(kind: FileKind, body: Uint8Array = randomBody(100)): Saved {
  return { handle: { kind, name: createHash('sha256').update(body).digest('hex') }, body }
}

export async function saveMade(storage: Storage, kind: FileKind, body?: Uint8Array): Promise<Saved> {
  const saved = made(kind, body)
  await storage.save(saved.handle, saved.body)
  return saved
}

export async function saveConfig(storage: Storage): Promise<Saved> {
  const body = randomBody(155)
  await storage.save(CONFIG, body)
  return { handle: CONFIG, body }
}

/** Stores the file in the cloud as well, and brings the journal to a state that says so. */
export async function send(
  { cloud, journal }: Tiers,
  { handle, body }: Saved,
  state: 'uploaded' | 'verified' = 'verified',
) {
  await cloud.save(handle, body)
  bringTo(journal, handle, state)
}

function pathIn(tier: Storage, { kind, name }: Handle): string {
  const folders = {
    key: 'keys',
    lock: 'locks',
    snapshot: 'snapshots',
    index: 'index',
    pack: join('data', name.slice(0, 2)),
  }
  return kind === 'config' ? join(tier.location, 'config') : join(tier.location, folders[kind], name)
}

/** Flips one bit of a file in a directory. */
export async function flipBit(tier: Storage, handle: Handle, at: number): Promise<void> {
  const path = pathIn(tier, handle)
  const bytes = await readFile(path)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  await chmod(path, 0o600)
  await writeFile(path, bytes)
}

/** Takes a file away behind the storage's back. */
export function lose(tier: Storage, handle: Handle): Promise<void> {
  return rm(pathIn(tier, handle))
}
