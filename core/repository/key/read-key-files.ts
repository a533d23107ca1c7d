import { hash } from 'node:crypto'

import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import { loadWhole } from '../whole-file.ts'
import { decodeKeyFile, type KeyFile } from './key-file.ts'

export interface FoundKeyFile {
  readonly name: string
  /** Undefined where the file cannot be read as a key. */
  readonly file: KeyFile | undefined
  /** Why it cannot. */
  readonly problem: CoreError | undefined
}

/** Yields every key file of a repository, those that are damaged or absurd too. */
export async function* readKeyFiles(storage: Storage, options: Abortable = {}): AsyncGenerator<FoundKeyFile> {
  for await (const { name } of storage.list('key', options)) {
    try {
      yield { name, file: await readKeyFile(storage, name, options), problem: undefined }
    } catch (error) {
      // Removed since it was listed.
      if (isCode(error, 'storage/not-found')) continue
      if (!isCode(error, 'repository/damaged') && !isCode(error, 'repository/unsupported')) throw error
      yield { name, file: undefined, problem: error }
    }
  }
}

/** Throws `repository/damaged` or `repository/unsupported`, or what the storage throws. */
export async function readKeyFile(storage: Storage, name: string, options: Abortable): Promise<KeyFile> {
  const stored = await loadWhole(storage, 'key', name, options)
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
