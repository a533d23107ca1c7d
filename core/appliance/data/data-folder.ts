import { existsSync } from 'node:fs'
import { chmod, readdir, realpath, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { CoreError, makeFolder, reasonOf } from '../../base/index.ts'
import { refuseForeign } from './foreign-folder.ts'

/** The folder that holds all that an appliance keeps, locked for this process. */
export interface DataFolder extends AsyncDisposable {
  readonly path: string
  readonly catalog: string
  readonly logs: string
  /** Lists of missed files, a folder for each backup set (FS-18). */
  readonly missed: string
  /** What runs need for a while. */
  readonly work: string
  readonly tls: string
}

/** Where an appliance keeps its data unless somebody says otherwise: the system's place for root, else the user's (XDG). */
export function defaultDataFolder(
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
  isRoot: boolean = process.geteuid?.() === 0,
): string {
  if (platform === 'win32') return join(environment['ProgramData'] ?? 'C:\\ProgramData', 'Holdfast')
  if (isRoot) return '/var/lib/holdfast'
  const given = environment['XDG_DATA_HOME']
  return join(given && isAbsolute(given) ? given : join(homedir(), '.local', 'share'), 'holdfast')
}

/** Where in it everything is. */
export function partsOf(path: string): Omit<DataFolder, typeof Symbol.asyncDispose> & { readonly lock: string } {
  return {
    path,
    catalog: join(path, 'catalog.db'),
    lock: join(path, 'instance.lock'),
    logs: join(path, 'logs'),
    missed: join(path, 'logs', 'missed'),
    work: join(path, 'work'),
    tls: join(path, 'tls'),
  }
}

/**
 * Makes the folder where it is missing, and takes it for this process alone.
 *
 * @throws CoreError `input/invalid` where it holds what is not ours, `service/busy` where another appliance runs on it,
 *   `service/unavailable` where it cannot be used.
 */
export async function openDataFolder(given: string): Promise<DataFolder> {
  const path = await physical(given)
  const folder = partsOf(path)
  try {
    await refuseStranger(path)
    await refuseForeign(path)
    await chmod(path, 0o700)
    for (const part of [folder.logs, folder.work, folder.tls]) await makeFolder(part, 0o700)
  } catch (error) {
    throw unusable(path, error)
  }
  const lock = takeLock(folder)
  await emptyFolder(folder.work)
  return { ...folder, [Symbol.asyncDispose]: () => Promise.resolve(lock.close()) }
}

/** What runs needed that were killed is needed by nobody any more; files of people may be among it. */
async function emptyFolder(path: string): Promise<void> {
  for (const name of await readdir(path)) await rm(join(path, name), { recursive: true, force: true })
}

/** Makes it where it is missing. What is compared with it later has no links in it, so that it must have none, either. */
async function physical(path: string): Promise<string> {
  try {
    await makeFolder(path, 0o700)
    return await realpath(path)
  } catch (error) {
    throw unusable(path, error)
  }
}

/** Whatever is no error of ours yet. */
export function unusable(path: string, error: unknown): CoreError {
  if (error instanceof CoreError) return error
  return new CoreError('service/unavailable', `The data folder ${path} cannot be used: ${reasonOf(error)}.`, {
    cause: error,
    safety: 'Nothing was changed.',
    remedy: 'Check its path and who may write there, or name another with --data-dir.',
  })
}

/** Whoever owns the folder can exchange everything in it. */
export async function refuseStranger(path: string): Promise<void> {
  const { uid } = await stat(path)
  const own = process.geteuid?.()
  if (own === undefined || uid === own) return
  throw new CoreError('service/unavailable', `The data folder ${path} belongs to another user.`, {
    safety: 'Nothing was changed.',
    remedy: 'Run the service as the user that it belongs to, or name another folder with --data-dir.',
  })
}

/**
 * A lock of the file system, which goes with the process however that ends. SQLite takes and keeps it on every system alike;
 * the file holds nothing.
 */
function takeLock({ path, lock: file }: { readonly path: string; readonly lock: string }): DatabaseSync {
  const lock = new DatabaseSync(file, { timeout: 0 })
  try {
    lock.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE')
    return lock
  } catch (error) {
    lock.close()
    throw inUse(path, error)
  }
}

/** SQLITE_BUSY. */
const BUSY = 5

/** Throws `service/busy` where another process has the lock. Makes and changes nothing. */
export function refuseLocked({ path, lock: file }: { readonly path: string; readonly lock: string }): void {
  if (!existsSync(file)) return
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(file, { readOnly: true, timeout: 0 })
    lock.prepare('SELECT count(*) FROM sqlite_master').get()
  } catch (error) {
    // Anything else that is wrong with it is no lock.
    if ((error as { readonly errcode?: unknown }).errcode === BUSY) throw inUse(path)
  } finally {
    lock?.close()
  }
}

function inUse(path: string, cause?: unknown): CoreError {
  return new CoreError('service/busy', `Another appliance runs on the data folder ${path}.`, {
    cause,
    safety: 'Nothing was changed, and the other one goes on.',
    remedy: 'Use its console, or end it first. To run a second appliance, give it a folder of its own with --data-dir.',
  })
}
