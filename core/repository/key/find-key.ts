import { hash } from 'node:crypto'

import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import { asBuffer } from '../unpacked.ts'
import { decodeKeyFile, openKeyFile } from './key-file.ts'

/** A key file that the password opened. */
export interface FoundKey {
  readonly masterKey: MasterKey
  /** The name of the key file. */
  readonly keyName: string
}

/** What became of the key files that were tried. */
export interface KeySearch {
  tried: number
  damaged: number
}

/**
 * Yields each key that the password opens. A key file that is damaged, or has gone meanwhile, is passed over: one good
 * key is enough to open a repository.
 */
export async function* findKeys(
  storage: Storage,
  password: string,
  search: KeySearch,
  options: Abortable = {},
): AsyncGenerator<FoundKey> {
  for await (const { name } of storage.list('key', options)) {
    search.tried++
    try {
      const file = asBuffer(await storage.load({ kind: 'key', name }, options))
      if (hash('sha256', file, 'hex') !== name)
        throw new CoreError('repository/damaged', 'it is not what its name says')
      const masterKey = await openKeyFile(decodeKeyFile(file), password)
      if (masterKey) yield { masterKey, keyName: name }
    } catch (error) {
      if (isCode(error, 'storage/not-found')) search.tried--
      else if (isCode(error, 'repository/damaged') || isCode(error, 'repository/unsupported')) search.damaged++
      else throw error
    }
  }
}
