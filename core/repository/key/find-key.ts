import { hash } from 'node:crypto'

import { type Abortable, CoreError, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import { asBuffer } from '../unpacked.ts'
import { decodeKeyFile, openKeyFile } from './key-file.ts'

/** A key file that the password opened. */
export interface FoundKey {
  readonly masterKey: MasterKey
  readonly keyName: string
}

/**
 * Finds the key file that a password opens. A damaged one is tried when no other fits: the master key in it is sealed,
 * so what can still be opened is right, and a bit that flipped elsewhere in the file locks nobody out.
 *
 * Throws `repository/wrong-password`, or `repository/damaged` where there is no key that the password could fit.
 */
export async function findKey(storage: Storage, password: string, options: Abortable): Promise<FoundKey> {
  const damaged = new Map<string, Buffer>()
  let keys = 0
  for await (const { name } of storage.list('key', options)) {
    const file = await loadKey(storage, name, options)
    if (!file) continue
    keys++
    const masterKey = hash('sha256', file, 'hex') === name ? await tryKey(file, password) : 'damaged'
    if (masterKey === 'damaged') damaged.set(name, file)
    else if (masterKey) return { masterKey, keyName: name }
  }
  for (const [keyName, file] of damaged) {
    const masterKey = await tryKey(file, password)
    if (masterKey && masterKey !== 'damaged') return { masterKey, keyName }
  }
  throw noKey(storage.location, keys, [...damaged.keys()])
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
async function tryKey(file: Buffer, password: string): Promise<MasterKey | 'damaged' | undefined> {
  try {
    return await openKeyFile(decodeKeyFile(file), password)
  } catch (error) {
    if (isCode(error, 'repository/damaged') || isCode(error, 'repository/unsupported')) return 'damaged'
    throw error
  }
}

function noKey(location: string, keys: number, damaged: readonly string[]): CoreError {
  if (keys === damaged.length) {
    const which = damaged.map((name) => name.slice(0, 8)).join(', ')
    const what = keys === 0 ? 'has no key' : `has no intact key: ${which} ${keys === 1 ? 'is' : 'are'} damaged`
    return new CoreError('repository/damaged', `The repository at ${location} ${what}.`, {
      safety: 'What is stored was not changed, but without a key nobody can open it.',
      remedy: 'Put the files in its folder `keys` back from a copy.',
      context: { keys, damaged: damaged.length },
    })
  }
  const also = damaged.length > 0 ? ` ${damaged.length} more are damaged and could not be tried.` : ''
  return new CoreError(
    'repository/wrong-password',
    `The password opens none of the ${keys - damaged.length} keys of ${location}.${also}`,
    {
      safety: 'Nothing was changed.',
      remedy: 'Check the password and that this is the repository you meant.',
    },
  )
}
