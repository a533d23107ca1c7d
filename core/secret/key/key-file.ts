import { constants } from 'node:fs'
import { type FileHandle, link, open, unlink } from 'node:fs/promises'
import { join } from 'node:path'

import { type Chance, CoreError, reasonOf, systemCode } from '../../base/index.ts'
import { KEY_BYTES } from '../sealing-key.ts'
import type { KeySource } from './key-source.ts'

const NAME = 'key'
/** A FIFO in its place must not make the start wait for ever. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const OTHERS = 0o077

/** A file of the data folder. Made by whoever starts first; nobody else may read it. */
export function keyFileSource(dataFolder: string, chance: Chance): KeySource {
  const path = join(dataFolder, NAME)
  return {
    async read() {
      const key = (await readKey(path)) ?? (await drawKey(dataFolder, path, chance))
      // Whoever made it may have been killed before its name was durable, and what is sealed now must be opened later.
      await flushFolder(dataFolder, path)
      return key
    },
  }
}

/** The key in the file of a data folder; undefined where there is none. Throws `secret/no-key`. */
export const readKeyFile = (dataFolder: string): Promise<Buffer | undefined> => readKey(join(dataFolder, NAME))

/** Undefined where there is none. */
async function readKey(path: string): Promise<Buffer | undefined> {
  let file: FileHandle
  try {
    file = await open(path, FLAGS)
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    if (code === 'ELOOP')
      throw refused(path, 'is a symbolic link', 'Put the key itself in its place, not a link to it.', error)
    throw refused(path, `cannot be read: ${reasonOf(error)}`, `Look at who may read ${path}.`, error)
  }
  try {
    await checkOwner(file, path)
    // One byte more shows what is too long.
    const { bytesRead, buffer } = await file.read(Buffer.alloc(KEY_BYTES + 1), 0, KEY_BYTES + 1, 0)
    if (bytesRead === KEY_BYTES) return buffer.subarray(0, KEY_BYTES)
    throw refused(path, `is no key: it does not have ${KEY_BYTES} bytes`, RESTORE)
  } finally {
    await file.close()
  }
}

async function checkOwner(file: FileHandle, path: string): Promise<void> {
  const stat = await file.stat()
  if (!stat.isFile()) throw refused(path, 'is no file', RESTORE)
  const user = process.geteuid?.()
  if (user !== undefined && stat.uid !== user)
    throw refused(
      path,
      `belongs to user ${stat.uid}, and the service runs as user ${user}`,
      `If you know how that came about, make it the service's own: \`chown ${user} ${path}\`.`,
    )
  if (user !== undefined && (stat.mode & OTHERS) !== 0)
    throw refused(
      path,
      `may be read or changed by others (its mode is ${(stat.mode & 0o777).toString(8)})`,
      `Take their rights away: \`chmod 600 ${path}\`. Where somebody may have read it, change the passwords of all vaults.`,
    )
}

/** Draws a key, unless another start was faster: then that one's. */
async function drawKey(folder: string, path: string, chance: Chance): Promise<Buffer> {
  const key = chance.fill(Buffer.alloc(KEY_BYTES))
  const made = join(folder, `.${NAME}-${chance.fill(Buffer.alloc(8)).toString('hex')}`)
  try {
    await writeDurably(made, key)
    // Not a rename, which would replace the key of whoever was faster.
    await link(made, path)
    return key
  } catch (error) {
    const other = systemCode(error) === 'EEXIST' ? await readKey(path) : undefined
    if (other) return other
    if (error instanceof CoreError) throw error
    throw refused(
      path,
      `cannot be made: ${reasonOf(error)}`,
      `Let the service write to ${folder}, on a local disk.`,
      error,
    )
  } finally {
    await discard(made)
  }
}

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

async function discard(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch {
    // Never made; or it stays, readable to us alone and of no use to anybody.
  }
}

async function flushFolder(folder: string, path: string): Promise<void> {
  try {
    const file = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw refused(path, `cannot be made durable: ${reasonOf(error)}`, 'Look for disk errors in the system log.', error)
  }
}

const RESTORE =
  'Restore it from a backup of the data folder. Do not remove it: what it sealed could never be opened again.'

function refused(path: string, what: string, remedy: string, cause?: unknown): CoreError {
  return new CoreError('secret/no-key', `The key file ${path} ${what}`, {
    cause,
    safety: 'Nothing was sealed or opened with it; what is stored in vaults is unharmed.',
    remedy,
    context: { path },
  })
}
