import { hash } from 'node:crypto'

import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import { asBuffer } from '../unpacked.ts'
import { decodeKeyFile, type KeyFile } from './key-file.ts'

/** A key file has some 450 bytes. What is far larger is none, and must not fill the memory of who looks at the keys. */
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

function damaged(name: string, why: string, cause?: unknown): CoreError {
  return new CoreError('repository/damaged', `The key ${name.slice(0, 8)} cannot be used: ${why.replace(/\.$/, '')}.`, {
    cause,
    safety: 'Nothing was changed. What is stored opens by any other key.',
    remedy: 'Put a copy of the key back into the folder `keys`, or use the password of another key.',
  })
}
