import { hash, timingSafeEqual } from 'node:crypto'

import { type Abortable, type Chance, CoreError, isCode, systemChance } from '../../base/index.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import type { Password } from '../crypto/scrypt-parameters.ts'
import type { Repository } from '../repository.ts'
import { type KeyOwner, openKeyFile, sealKeyFile } from './key-file.ts'
import { readKeyFile, readKeyFiles } from './read-key-files.ts'

/** A key as it was found. */
export interface FoundKey {
  readonly name: string
  /** It opened the repository. */
  readonly isCurrent: boolean
  /** Undefined where the file cannot be read as a key. */
  readonly owner: KeyOwner | undefined
  /** Why it cannot. */
  readonly problem: CoreError | undefined
}

/** Yields the keys of a repository, in no order. */
export async function* listKeys(repository: Repository, options: Abortable = {}): AsyncGenerator<FoundKey> {
  for await (const { name, file, problem } of readKeyFiles(repository.storage, options)) {
    yield { name, isCurrent: name === repository.keyName, owner: file, problem }
  }
}

export interface AddKeyOptions extends Abortable {
  readonly chance?: Chance | undefined
}

/**
 * Stores a further key, reads it back and proves that its password opens the repository. Returns its name.
 * @throws CoreError `repository/damaged` where it does not; it is then removed again.
 */
export async function addKey(
  repository: Repository,
  password: Password,
  owner: KeyOwner,
  { chance = systemChance, signal }: AddKeyOptions = {},
): Promise<string> {
  const { storage, masterKey } = repository
  const file = await sealKeyFile(masterKey, password, chance.fill(Buffer.alloc(64)), owner)
  const name = hash('sha256', file, 'hex')
  await storage.save({ kind: 'key', name }, file, { signal })
  try {
    const opened = await openKeyFile(await readKeyFile(storage, name, {}), password)
    if (opened && isSame(opened, masterKey)) return name
    throw new CoreError('repository/damaged', `The new key ${name.slice(0, 8)} does not open the repository.`, {
      safety: 'All keys that were there are there still.',
      remedy: 'Check the place where the repository is stored: it gave back what was not written.',
    })
  } catch (error) {
    await storage.remove({ kind: 'key', name })
    throw error
  }
}

/**
 * Removes a key. The one in use stays, and with it always one that opens the repository; the lock has to be exclusive,
 * as two processes with a key each could otherwise remove each other's.
 * @throws CoreError `input/invalid` for the key in use, or where the key in use is not there any more;
 * `storage/not-found`.
 */
export async function removeKey(repository: Repository, name: string, options: Abortable = {}): Promise<void> {
  const { storage, keyName } = repository
  if (name === keyName) {
    throw new CoreError('input/invalid', `The key ${name.slice(0, 8)} is the one in use, and is not removed.`, {
      safety: 'Nothing was changed.',
      remedy: 'Remove it by opening the repository with the password of another key.',
    })
  }
  try {
    await storage.stat({ kind: 'key', name: keyName }, options)
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
    throw new CoreError('input/invalid', `The key in use, ${keyName.slice(0, 8)}, was removed by somebody else.`, {
      cause: error,
      safety: 'Nothing was changed.',
      remedy: 'Start again with the password of a key that is there.',
    })
  }
  await storage.remove({ kind: 'key', name }, options)
}

/**
 * Replaces the key in use by one with another password: adds that, proves it, and only then removes the old one.
 * Returns the new key's name. A crash in between leaves both.
 */
export async function replaceKey(
  repository: Repository,
  password: Password,
  owner: KeyOwner,
  options: AddKeyOptions = {},
): Promise<string> {
  const name = await addKey(repository, password, owner, options)
  await repository.storage.remove({ kind: 'key', name: repository.keyName }, options)
  return name
}

function isSame(left: MasterKey, right: MasterKey): boolean {
  return (
    timingSafeEqual(left.encrypt, right.encrypt) &&
    timingSafeEqual(left.macK, right.macK) &&
    timingSafeEqual(left.macR, right.macR)
  )
}
