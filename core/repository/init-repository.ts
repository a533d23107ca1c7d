import { hash } from 'node:crypto'

import { type Abortable, type Chance, CoreError, isCode, systemChance } from '../base/index.ts'
import type { Storage } from '../storage/index.ts'
import { type Config, encodeConfig } from './config.ts'
import type { Password } from './crypto/key-derivation.ts'
import { masterKeyFrom } from './crypto/master-key.ts'
import { createSealer } from './crypto/seal.ts'
import { findKeys, type FoundKey } from './key/find-key.ts'
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
 * Makes a new repository. Throws `repository/exists` where there is one, or the rest of one. What an earlier attempt left
 * behind is taken up where the password opens its key.
 */
export async function initRepository(storage: Storage, options: InitOptions): Promise<Repository> {
  const { password, owner, chunkerPolynomial, version = 2, chance = systemChance, signal } = options
  await storage.prepare({ signal })
  const left = await findLeftKey(storage, password, { signal })
  const masterKey = left?.masterKey ?? masterKeyFrom(chance.fill(Buffer.alloc(64)))
  // Also beside a key that was left: whoever made that may still be at work, and would take it away when told that there
  // is a repository.
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
  if (left) await storage.remove({ kind: 'key', name: left.keyName }, { signal }).catch(() => undefined)
  return repositoryOver(storage, config, masterKey, keyName, sealer)
}

/** The key of an attempt that ended before it saved the config. Throws `repository/exists` where more is there. */
async function findLeftKey(storage: Storage, password: Password, options: Abortable): Promise<FoundKey | undefined> {
  try {
    await storage.stat({ kind: 'config', name: '' }, options)
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
    const name = await firstName(storage, ['key', 'pack', 'index', 'snapshot'], options)
    if (name === undefined) return undefined
    if ((await firstName(storage, ['pack', 'index', 'snapshot'], options)) === undefined) {
      const search = { found: 0, untried: 0, damaged: [] }
      for await (const found of findKeys(storage, password, search, options)) return found
    }
    throw restOfOne(storage, name)
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
    remedy:
      'This may be a repository whose config was lost: restore the config, or choose an empty place. If it is what an interrupted `init` left behind, start that again with the same password; if nobody knows that, remove the folder `keys`.',
  })
}
