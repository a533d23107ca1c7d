import { mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { CoreError, makeFolder, reasonOf, systemCode } from '../base/index.ts'
import { openDirectoryStorage, type Storage } from '../storage/index.ts'
import { type Journal, openJournal } from './journal/journal.ts'

/** Where a cache is, and the repository that it is for: no other one's cache is ever taken for it. */
export interface CachePlace {
  /** A whole path. */
  readonly folder: string
  /** The repository's own id. */
  readonly repositoryId: string
}

/** The local tier of a cache, and its journal. `dispose` closes the journal. */
export interface OpenedCache extends Disposable {
  readonly local: Storage
  readonly journal: Journal
}

/** Says whose cache a folder holds. A bare mount point, or another disk in its place, has none. */
const MARK = 'holdfast-cache.json'
const FILES = 'files'
/** What a cache makes in its folder, the mark at last: while that is there, it is known whose the rest is. */
const PARTS = [FILES, 'tombstones', 'journal.sqlite', 'journal.sqlite-wal', 'journal.sqlite-shm', MARK]

/**
 * Makes the folder of a cache, empty but for its mark; one that was begun before is gone on with.
 *
 * @throws CoreError `storage/refused` where the folder holds anything else, or cannot be made.
 */
export async function makeCacheFolder({ folder, repositoryId }: CachePlace): Promise<void> {
  try {
    await makeFolder(folder, 0o700)
    const names = await readdir(folder)
    if (names.includes(MARK)) {
      await assertCacheThere({ folder, repositoryId })
      return
    }
    const foreign = names.filter((name) => name !== 'lost+found')
    if (foreign.length > 0) throw notEmpty(folder, foreign)
    await mkdir(join(folder, FILES), { mode: 0o700 })
    await writeFile(join(folder, MARK), `${JSON.stringify({ repositoryId })}\n`, {
      flush: true,
      mode: 0o600,
      flag: 'wx',
    })
  } catch (error) {
    if (error instanceof CoreError) throw error
    throw new CoreError('storage/refused', `A cache cannot be made in ${folder}: ${reasonOf(error)}`, {
      cause: error,
      safety: 'No recovery point was touched.',
      remedy: 'Name a folder on a local disk that the service may write to.',
      context: { location: folder },
    })
  }
}

/**
 * Opens a cache in its folder.
 *
 * @throws CoreError `cache/unusable` where the folder is not there, is another one's, or its journal cannot be used.
 */
export async function openCacheFolder(place: CachePlace): Promise<OpenedCache> {
  await assertCacheThere(place)
  const journal = openJournal(place.folder)
  return {
    journal,
    local: openDirectoryStorage(join(place.folder, FILES)),
    [Symbol.dispose]: () => journal.close(),
  }
}

/** Removes what a cache has made, and its folder where nothing else is in it. False: there was no cache any more. */
export async function removeCacheFolder(place: CachePlace): Promise<boolean> {
  try {
    await assertCacheThere(place)
  } catch (error) {
    if (systemCode((error as CoreError).cause) === 'ENOENT') return false
    throw error
  }
  for (const part of PARTS) await rm(join(place.folder, part), { recursive: true, force: true })
  await rmdir(place.folder).catch(() => undefined)
  return true
}

/**
 * Whether the cache of this repository is in this folder now.
 *
 * @throws CoreError `cache/unusable` where it is not.
 */
export async function assertCacheThere({ folder, repositoryId }: CachePlace): Promise<void> {
  let found: unknown
  try {
    found = (JSON.parse(await readFile(join(folder, MARK), 'utf8')) as { repositoryId?: unknown }).repositoryId
  } catch (error) {
    throw unusable(folder, `there is no cache (${reasonOf(error)})`, error)
  }
  if (found !== repositoryId) throw unusable(folder, 'the cache there is that of another vault', undefined)
}

function unusable(folder: string, what: string, cause: unknown): CoreError {
  return new CoreError('cache/unusable', `The cache in ${folder} cannot be used: ${what}.`, {
    cause,
    retryable: true,
    safety: 'What is in the cloud is safe. What only the cache has is safe as long as its disk is.',
    remedy: 'Is its disk mounted? If it is lost, detach the cache: the vault is then used without it.',
    context: { location: folder },
  })
}

function notEmpty(folder: string, names: readonly string[]): CoreError {
  return new CoreError('storage/refused', `${folder} is not empty: it holds ${names.slice(0, 3).join(', ')}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Name a folder that is empty, or not there yet.',
    context: { location: folder },
  })
}
