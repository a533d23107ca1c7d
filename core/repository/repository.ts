import { hash } from 'node:crypto'

import { type Abortable, CoreError, type ErrorCode, isCode } from '../base/index.ts'
import type { Storage } from '../storage/index.ts'
import { assertBlobSize, type BlobType } from './blob.ts'
import { type Config, decodeConfig } from './config.ts'
import type { MasterKey } from './crypto/master-key.ts'
import type { Password } from './crypto/scrypt-parameters.ts'
import { createSealer, type Sealer } from './crypto/seal.ts'
import type { BlobIndex } from './index/blob-index.ts'
import { firstIntact } from './index/first-intact.ts'
import { type LoadIndexOptions, loadIndexes } from './index/load-indexes.ts'
import { findKeys, type FindKeysOptions, type KeySearch } from './key/find-key.ts'
import { type BlobOpener, createBlobOpener } from './pipeline/blob-opener.ts'
import { loadUnpacked, sealUnpacked, type UnpackedKind } from './unpacked.ts'
import { asBuffer } from './whole-file.ts'

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

  /** Reads all index files. Each call makes a new index. Throws `repository/damaged`, naming the file. */
  loadIndex(options: LoadIndexOptions): Promise<BlobIndex>
  /** Reads a sealed document. Throws `storage/not-found` or `repository/damaged`. */
  loadDocument(kind: Exclude<UnpackedKind, 'config'>, name: string, options?: Abortable): Promise<Buffer>
  /** Seals and stores a document. Returns its name. */
  saveDocument(kind: Exclude<UnpackedKind, 'config'>, plain: Buffer, options?: Abortable): Promise<string>
  /** Reads one blob, from any copy of it that is intact, and proves its hash. Throws `repository/not-in-repository` or `repository/damaged`. */
  loadBlob(index: BlobIndex, type: BlobType, id: Uint8Array, options?: Abortable): Promise<Buffer>
}

/**
 * Opens a repository with a password. Throws `repository/not-found` or `repository/wrong-password`, and
 * `repository/damaged` where the config or every key is.
 */
export async function openRepository(
  storage: Storage,
  password: Password,
  options: FindKeysOptions = {},
): Promise<Repository> {
  try {
    await storage.stat({ kind: 'config', name: '' }, options)
  } catch (error) {
    throw isCode(error, 'storage/not-found') ? notFound(storage, error) : error
  }
  const search: KeySearch = { found: 0, untried: 0, damaged: [] }
  let damage: CoreError | undefined
  for await (const { masterKey, keyName } of findKeys(storage, password, search, options)) {
    const sealer = createSealer(masterKey)
    try {
      const config = decodeConfig(await loadUnpacked(storage, sealer, 'config', '', options))
      return repositoryOver(storage, config, masterKey, keyName, sealer)
    } catch (error) {
      // Of two that made a repository here at once, the key of the one who lost may have stayed: try the others.
      if (!isCode(error, 'repository/damaged')) throw error
      damage ??= error
    }
  }
  throw damage ?? noKey(storage, search)
}

function noKey(storage: Storage, { found, untried, damaged }: KeySearch): CoreError {
  const at = storage.location
  if (found === 0) {
    return new CoreError('repository/damaged', `The repository at ${at} has a config, but no key.`, {
      safety: 'Nothing was changed. Without a key nothing in the repository can be read.',
      remedy: 'Restore the files of the folder `keys` from a copy of the repository.',
    })
  }
  const keys = found === 1 ? 'the only key' : `all ${found} keys`
  const which = damaged.map((name) => name.slice(0, 8)).join(', ')
  if (damaged.length === found && untried === 0) {
    return new CoreError(
      'repository/damaged',
      `The repository at ${at} cannot be opened: ${keys} of it cannot be used (${which}).`,
      {
        safety: 'Nothing was changed. Without a key nothing in the repository can be read.',
        remedy: 'Restore the files of the folder `keys` from a copy of the repository.',
      },
    )
  }
  const but = damaged.length > 0 ? `; ${damaged.length} cannot be used: ${which}` : ''
  if (untried > 0) {
    return new CoreError(
      'repository/wrong-password',
      `The password opens none of the keys of ${at} that were tried${but}. ${untried} were not: all would take too long.`,
      {
        safety: 'Nothing was changed.',
        remedy:
          'Check the password. If somebody else may write into the folder `keys`, take away the keys that nobody knows.',
      },
    )
  }
  const none = found === 1 ? 'does not open the key' : `opens none of the ${found} keys`
  return new CoreError('repository/wrong-password', `The password ${none} of ${at}${but}.`, {
    safety: 'Nothing was changed.',
    remedy: 'Check the password and that this is the repository you meant.',
  })
}

function notFound(storage: Storage, cause?: unknown): CoreError {
  return new CoreError('repository/not-found', `There is no repository at ${storage.location}: it has no config.`, {
    cause,
    safety: 'Nothing was changed.',
    remedy:
      'Check the path, and that what it lies on is mounted: a new repository in place of a disk that is away would hide it. If only the file `config` was lost, put it back from a copy. Where there never was one, `holdfast repo init` makes it.',
  })
}

/** A repository whose key and config are known. */
export function repositoryOver(
  storage: Storage,
  config: Config,
  masterKey: MasterKey,
  keyName: string,
  sealer: Sealer,
): Repository {
  let opener: BlobOpener | undefined
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
      const object = `The ${type} blob ${Buffer.from(id).toString('hex')}`
      if (entry < 0 || !index.isPlaced(entry)) {
        throw new CoreError('repository/not-in-repository', `${object} is in no index.`, {
          safety: 'What needs this blob cannot be read; all else can.',
          remedy: 'Run `holdfast repo check` to see what is missing.',
        })
      }
      return firstIntact(index, entry, (copy) => loadCopy(index, copy, object, id, options), options)
    },
  }

  async function loadCopy(
    index: BlobIndex,
    entry: number,
    object: string,
    id: Uint8Array,
    options: Abortable,
  ): Promise<Buffer> {
    const location = index.locate(entry)
    const { offset, length } = location
    const name = index.packs.idOf(location.pack).toString('hex')
    try {
      assertBlobSize(location)
      const sealed = await storage.load({ kind: 'pack', name }, { ...options, offset, length })
      opener ??= createBlobOpener(masterKey, sealer)
      return opener.open(location, asBuffer(sealed), id)
    } catch (error) {
      if (!isDamage(error)) throw error
      throw new CoreError('repository/damaged', `${object} in pack ${name} cannot be read: ${error.message}.`, {
        cause: error,
        safety: 'What needs this blob cannot be read; all else can.',
        remedy: 'Run `holdfast repo check --read-data` to see what else is damaged.',
      })
    }
  }
}

/** A pack that is gone or too short is damage too: somebody else's, but the repository's all the same. */
function isDamage(error: unknown): error is CoreError {
  return error instanceof CoreError && DAMAGE.has(error.code)
}

const DAMAGE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'repository/damaged',
  'storage/damaged',
  'storage/not-found',
  'storage/truncated',
])
