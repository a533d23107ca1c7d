import { hash } from 'node:crypto'

import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import { asBuffer } from '../unpacked.ts'
import { decodeKeyFile, type KeyFile, openKeyFile } from './key-file.ts'

/** A key file has some 450 bytes. What is far larger is none, and must not fill the memory of who opens a repository. */
const LARGEST_KEY_FILE = 64 * 1024

export interface FoundKeyFile {
  readonly name: string
  /** Undefined where the file cannot be read as a key. */
  readonly file: KeyFile | undefined
  /** Why it cannot. */
  readonly problem: CoreError | undefined
}

/** Yields every key file of a repository, those that are damaged or absurd too. */
export async function* readKeyFiles(storage: Storage, options: Abortable = {}): AsyncGenerator<FoundKeyFile> {
  for await (const { name, size } of storage.list('key', options)) {
    try {
      yield { name, file: await readKeyFile(storage, name, size, options), problem: undefined }
    } catch (error) {
      // Removed since it was listed.
      if (isCode(error, 'storage/not-found')) continue
      if (!isCode(error, 'repository/damaged') && !isCode(error, 'repository/unsupported')) throw error
      yield { name, file: undefined, problem: error }
    }
  }
}

/** Throws `repository/damaged` or `repository/unsupported`, or what the storage throws. */
export async function readKeyFile(storage: Storage, name: string, size: number, options: Abortable): Promise<KeyFile> {
  if (size > LARGEST_KEY_FILE) throw damaged(name, `it has ${size} bytes`)
  const stored = asBuffer(await storage.load({ kind: 'key', name }, options))
  if (hash('sha256', stored, 'hex') !== name) throw damaged(name, 'it does not have the content that its name promises')
  try {
    return decodeKeyFile(stored)
  } catch (error) {
    throw isCode(error, 'repository/damaged') ? damaged(name, error.message, error) : error
  }
}

/**
 * Finds the key that a password opens. One that is damaged does not keep others from opening.
 * @throws CoreError `repository/wrong-password`; `repository/not-found` where there is no key at all;
 * `repository/damaged` where none can be read.
 */
export async function findKey(
  storage: Storage,
  password: string,
  options: Abortable,
): Promise<{ masterKey: MasterKey; keyName: string }> {
  let count = 0
  const problems: CoreError[] = []
  for await (const { name, file, problem } of readKeyFiles(storage, options)) {
    count++
    if (problem) problems.push(problem)
    if (!file) continue
    try {
      const masterKey = await openKeyFile(file, password)
      if (masterKey) return { masterKey, keyName: name }
    } catch (error) {
      if (!isCode(error, 'repository/damaged')) throw error
      problems.push(damaged(name, error.message, error))
    }
  }
  const [first] = problems
  if (first && problems.length === count) throw first
  const unreadable = problems.length > 0 ? ` (${problems.length} of them cannot be read)` : ''
  if (count > 0) {
    throw new CoreError(
      'repository/wrong-password',
      `The password opens none of the ${count} keys of ${storage.location}${unreadable}.`,
      { safety: 'Nothing was changed.', remedy: 'Check the password and that this is the repository you meant.' },
    )
  }
  throw new CoreError('repository/not-found', `The repository at ${storage.location} has no key.`, {
    safety: 'Nothing was changed.',
    remedy: 'Without a key nothing can be read. Put a copy of its folder `keys` back.',
  })
}

function damaged(name: string, why: string, cause?: unknown): CoreError {
  return new CoreError('repository/damaged', `The key ${name.slice(0, 8)} cannot be used: ${why.replace(/\.$/, '')}.`, {
    cause,
    safety: 'Nothing was changed. What is stored opens by any other key.',
    remedy: 'Put a copy of the key back into the folder `keys`, or use the password of another key.',
  })
}
