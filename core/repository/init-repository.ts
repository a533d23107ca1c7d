import { hash } from 'node:crypto'

import { type Abortable, type Chance, CoreError, isCode, systemChance } from '../base/index.ts'
import type { Storage } from '../storage/index.ts'
import { type Config, encodeConfig } from './config.ts'
import { masterKeyFrom } from './crypto/master-key.ts'
import type { Password } from './crypto/scrypt-parameters.ts'
import { createSealer } from './crypto/seal.ts'
import { findKeys, type FoundKey, type KeySearch } from './key/find-key.ts'
import { type KeyOwner, sealKeyFile } from './key/key-file.ts'
import { type Repository, repositoryOver } from './repository.ts'
import { sealUnpacked } from './unpacked.ts'

export interface InitOptions extends Abortable {
  readonly password: Password
  readonly owner: KeyOwner
  /** Hexadecimal. */
  readonly chunkerPolynomial: string
  readonly version?: 1 | 2
  readonly chance?: Chance
}

/**
 * Makes a new repository. Throws `repository/exists` where there is one, or the rest of one. The key of an earlier attempt
 * that was killed gives way, if the password opens it.
 */
export async function initRepository(storage: Storage, options: InitOptions): Promise<Repository> {
  const { password, owner, chunkerPolynomial, version = 2, chance = systemChance, signal } = options
  await storage.prepare({ signal })
  const left = await findLeftKeys(storage, password, { signal })
  // Never the one that was left, which somebody else may know: anybody who writes there can leave one of another repository.
  const masterKey = masterKeyFrom(chance.fill(Buffer.alloc(64)))
  const keyFile = await sealKeyFile(masterKey, password, chance.fill(Buffer.alloc(64)), owner)
  const keyName = hash('sha256', keyFile, 'hex')
  const config: Config = { version, id: chance.fill(Buffer.alloc(32)).toString('hex'), chunkerPolynomial }
  const sealer = createSealer(masterKey, chance)
  try {
    await storage.save({ kind: 'key', name: keyName }, keyFile, { signal })
    // The config is last and is saved only where there is none: of two that init at once, one is told.
    await storage.save({ kind: 'config', name: '' }, sealUnpacked(encodeConfig(config), false, sealer), { signal })
  } catch (error) {
    // A key without its config would make the next attempt believe in a repository that was lost. Where it is not certain
    // that the config is another's or nobody's, the key stays.
    if (isCode(error, 'storage/exists') || isCode(error, 'storage/full')) {
      await storage.remove({ kind: 'key', name: keyName }).catch(() => undefined)
    }
    throw error
  }
  for (const { keyName: name } of left) await storage.remove({ kind: 'key', name }, { signal }).catch(() => undefined)
  return repositoryOver(storage, config, masterKey, keyName, sealer)
}

/** Keys of attempts that ended before they saved the config. Throws `repository/exists` where anything else is there. */
async function findLeftKeys(storage: Storage, password: Password, options: Abortable): Promise<FoundKey[]> {
  try {
    await storage.stat({ kind: 'config', name: '' }, options)
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
    const stored = await firstName(storage, ['pack', 'index', 'snapshot'], options)
    if (stored !== undefined) throw restOfOne(storage, stored)
    const search: KeySearch = { found: 0, untried: 0, damaged: [] }
    const left: FoundKey[] = []
    for await (const key of findKeys(storage, password, search, options)) left.push(key)
    if (left.length === search.found + search.untried) return left
    throw restOfOne(storage, (await firstName(storage, ['key'], options)) ?? 'keys')
  }
  throw new CoreError('repository/exists', `There is a repository at ${storage.location} already.`, {
    safety: 'Nothing was changed.',
    remedy: 'Use it as it is, or choose another place.',
  })
}

async function firstName(
  storage: Storage,
  kinds: readonly ('key' | 'pack' | 'index' | 'snapshot')[],
  options: Abortable,
): Promise<string | undefined> {
  for (const kind of kinds) {
    for await (const { name } of storage.list(kind, options)) return `${kind} ${name.slice(0, 8)}`
  }
  return undefined
}

function restOfOne(storage: Storage, found: string): CoreError {
  const message = `There is no config at ${storage.location}, but something else of a repository: ${found}.`
  return new CoreError('repository/exists', message, {
    safety: 'Nothing was changed.',
    remedy: found.startsWith('key')
      ? 'If this is what an interrupted `init` left behind, start that again with the same password; if nobody knows that, remove the folder `keys`. If it is a repository that has lost its config and its packs, keep it and choose an empty place.'
      : 'This is a repository whose config was lost. Put the file `config` back from a copy of the repository, or choose an empty place. Do not remove its keys: without them nobody can read it.',
  })
}
