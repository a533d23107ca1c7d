import { hash } from 'node:crypto'

import { type Abortable, type Chance, CoreError, isCode, systemChance } from '../base/index.ts'
import type { Storage } from '../storage/index.ts'
import { type BlobType } from './blob.ts'
import { createDecompressor } from './compression/zstd.ts'
import { type Config, decodeConfig, encodeConfig } from './config.ts'
import { type MasterKey, masterKeyFrom } from './crypto/master-key.ts'
import { createSealer, SEAL_OVERHEAD, type Sealer } from './crypto/seal.ts'
import type { BlobIndex } from './index/blob-index.ts'
import { firstIntact } from './index/first-intact.ts'
import { loadIndexes, type LoadIndexesOptions } from './index/load-indexes.ts'
import { findKey } from './key/find-key.ts'
import { type KeyOwner, sealKeyFile } from './key/key-file.ts'
import { asBuffer, loadUnpacked, sealUnpacked, type UnpackedKind } from './unpacked.ts'

/** An opened repository. Opening does not lock it and does not read its indexes. */
export interface Repository {
  readonly storage: Storage
  readonly config: Config
  /** Given to worker threads; never leaves the process. */
  readonly masterKey: MasterKey
  /** The name of the key file whose password opened it. */
  readonly keyName: string
  readonly sealer: Sealer
  /** The same repository through another storage, such as one that guards writes. */
  over(storage: Storage): Repository

  /** Reads all index files. Each call makes a new index. Throws `repository/damaged` unless told otherwise. */
  loadIndex(options?: LoadIndexesOptions): Promise<BlobIndex>
  /** Reads a sealed document. Throws `storage/not-found` or `repository/damaged`. */
  loadDocument(kind: Exclude<UnpackedKind, 'config'>, name: string, options?: Abortable): Promise<Buffer>
  /** Seals and stores a document. Returns its name. */
  saveDocument(kind: Exclude<UnpackedKind, 'config'>, plain: Buffer, options?: Abortable): Promise<string>
  /** Reads one blob, from any copy of it that is intact, and proves its hash. Throws `repository/not-in-repository` or `repository/damaged`. */
  loadBlob(index: BlobIndex, type: BlobType, id: Uint8Array, options?: Abortable): Promise<Buffer>
}

export interface InitOptions extends Abortable {
  readonly password: string
  readonly owner: KeyOwner
  /** Hexadecimal. */
  readonly chunkerPolynomial: string
  readonly version?: 1 | 2
  readonly chance?: Chance
}

/** Makes a new repository. Throws `repository/exists` where there is one, or the rest of one. */
export async function initRepository(storage: Storage, options: InitOptions): Promise<Repository> {
  const { password, owner, chunkerPolynomial, version = 2, chance = systemChance, signal } = options
  await storage.prepare({ signal })
  await refuseExisting(storage, { signal })
  const masterKey = masterKeyFrom(chance.fill(Buffer.alloc(64)))
  const keyFile = await sealKeyFile(masterKey, password, chance.fill(Buffer.alloc(64)), owner)
  const keyName = hash('sha256', keyFile, 'hex')
  await storage.save({ kind: 'key', name: keyName }, keyFile, { signal })
  const config: Config = { version, id: chance.fill(Buffer.alloc(32)).toString('hex'), chunkerPolynomial }
  const sealer = createSealer(masterKey, chance)
  // The config is last and is saved only where there is none: of two that init at once, one is told.
  await storage.save({ kind: 'config', name: '' }, sealUnpacked(encodeConfig(config), false, sealer), { signal })
  return repositoryOver(storage, config, masterKey, keyName, sealer)
}

async function refuseExisting(storage: Storage, options: Abortable): Promise<void> {
  try {
    await storage.stat({ kind: 'config', name: '' }, options)
  } catch (error) {
    if (!isCode(error, 'storage/not-found')) throw error
    for await (const { name } of storage.list('key', options)) {
      throw new CoreError(
        'repository/exists',
        `There is a key (${name.slice(0, 8)}) but no config at ${storage.location}.`,
        {
          safety: 'Nothing was changed.',
          remedy: 'This may be a repository whose config was lost. Restore the config, or choose an empty place.',
        },
      )
    }
    return
  }
  throw new CoreError('repository/exists', `There is a repository at ${storage.location} already.`, {
    safety: 'Nothing was changed.',
    remedy: 'Use it as it is, or choose another place.',
  })
}

/** Opens a repository. Throws `repository/not-found`, `repository/wrong-password`, `…/damaged` or `…/unsupported`. */
export async function openRepository(storage: Storage, password: string, options: Abortable = {}): Promise<Repository> {
  try {
    await storage.stat({ kind: 'config', name: '' }, options)
  } catch (error) {
    throw isCode(error, 'storage/not-found') ? notFound(storage, error) : error
  }
  const { masterKey, keyName } = await findKey(storage, password, options)
  const sealer = createSealer(masterKey)
  const config = decodeConfig(await loadUnpacked(storage, sealer, 'config', '', options))
  return repositoryOver(storage, config, masterKey, keyName, sealer)
}

function notFound(storage: Storage, cause: unknown): CoreError {
  return new CoreError('repository/not-found', `There is no repository at ${storage.location}: it has no config.`, {
    cause,
    safety: 'Nothing was changed.',
    remedy:
      'Check the path, and that what it lies on is mounted. `holdfast repo init` makes a new repository. If only the file `config` was lost, put it back from a copy.',
  })
}

function repositoryOver(
  storage: Storage,
  config: Config,
  masterKey: MasterKey,
  keyName: string,
  sealer: Sealer,
): Repository {
  const decompressor = createDecompressor()

  async function loadCopy(
    index: BlobIndex,
    entry: number,
    type: BlobType,
    id: Uint8Array,
    options: Abortable,
  ): Promise<Buffer> {
    const { pack, offset, length, uncompressedLength } = index.locate(entry)
    const packName = index.packs.idOf(pack).toString('hex')
    const sealed = asBuffer(await storage.load({ kind: 'pack', name: packName }, { ...options, offset, length }))
    const opened = Buffer.allocUnsafe(Math.max(0, length - SEAL_OVERHEAD))
    try {
      sealer.open(sealed, opened)
      let plain = opened
      if (uncompressedLength > 0) {
        plain = Buffer.allocUnsafe(uncompressedLength)
        decompressor.decompress(opened, plain, uncompressedLength)
      }
      if (hash('sha256', plain, 'buffer').equals(id)) return plain
      throw new CoreError('repository/damaged', 'its content does not have the hash that names it')
    } catch (error) {
      throw new CoreError(
        'repository/damaged',
        `The ${type} blob ${Buffer.from(id).toString('hex')} in pack ${packName} is damaged: ${(error as Error).message}`,
        { cause: error },
      )
    }
  }

  return {
    storage,
    config,
    masterKey,
    keyName,
    sealer,
    over: (other) => repositoryOver(other, config, masterKey, keyName, sealer),
    loadIndex: (options) => loadIndexes(storage, sealer, options),
    loadDocument: (kind, name, options) => loadUnpacked(storage, sealer, kind, name, options),

    async saveDocument(kind, plain, options) {
      const sealed = sealUnpacked(plain, config.version >= 2, sealer)
      const name = hash('sha256', sealed, 'hex')
      await storage.save({ kind, name }, sealed, options)
      return name
    },

    async loadBlob(index, type, id, options = {}) {
      const entry = index.find(type, id)
      if (entry >= 0) return firstIntact(index, entry, (copy) => loadCopy(index, copy, type, id, options), options)
      throw new CoreError(
        'repository/not-in-repository',
        `The ${type} blob ${Buffer.from(id).toString('hex')} is in no index.`,
      )
    },
  }
}
