import { hash } from 'node:crypto'

import { type Abortable, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { Password } from '../crypto/key-derivation.ts'
import type { LaneMixer } from '../crypto/lane-mixer.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import { asBuffer } from '../unpacked.ts'
import { decodeKeyFile, openKeyFile } from './key-file.ts'

/** A key file that the password opened. */
export interface FoundKey {
  readonly masterKey: MasterKey
  /** The name of the key file. */
  readonly keyName: string
}

export interface FindKeysOptions extends Abortable {
  /** Threads that derive keys from the password. Default: some of its own. */
  readonly laneMixer?: LaneMixer | undefined
}

/** What became of the key files that were tried. */
export interface KeySearch {
  tried: number
  /** The names of those that are damaged. */
  readonly damaged: string[]
}

/**
 * Yields each key that the password opens. Damaged key files are tried when all others are: the master key in one is
 * sealed, so what can still be opened is right, and a bit that flipped elsewhere in the file locks nobody out.
 */
export async function* findKeys(
  storage: Storage,
  password: Password,
  search: KeySearch,
  options: FindKeysOptions = {},
): AsyncGenerator<FoundKey> {
  const changed = new Map<string, Buffer>()
  for await (const { name } of storage.list('key', options)) {
    const file = await loadKey(storage, name, options)
    if (!file) continue
    search.tried++
    if (hash('sha256', file, 'hex') !== name) {
      search.damaged.push(name)
      changed.set(name, file)
      continue
    }
    const masterKey = await tryKey(file, password, options)
    if (masterKey === 'damaged') search.damaged.push(name)
    else if (masterKey) yield { masterKey, keyName: name }
  }
  for (const [keyName, file] of changed) {
    const masterKey = await tryKey(file, password, options)
    if (masterKey && masterKey !== 'damaged') yield { masterKey, keyName }
  }
}

/** Undefined for a key that was removed since it was listed. */
async function loadKey(storage: Storage, name: string, options: Abortable): Promise<Buffer | undefined> {
  try {
    return asBuffer(await storage.load({ kind: 'key', name }, options))
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return undefined
    throw error
  }
}

/** Undefined where the password is not this key's. */
async function tryKey(
  file: Buffer,
  password: Password,
  { laneMixer }: FindKeysOptions,
): Promise<MasterKey | 'damaged' | undefined> {
  try {
    return await openKeyFile(decodeKeyFile(file), password, laneMixer)
  } catch (error) {
    if (isCode(error, 'repository/damaged') || isCode(error, 'repository/unsupported')) return 'damaged'
    throw error
  }
}
