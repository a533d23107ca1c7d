import { hash } from 'node:crypto'

import { type Abortable, isCode } from '../../base/index.ts'
import type { Storage } from '../../storage/index.ts'
import { isUsableCost, workOf } from '../crypto/key-derivation.ts'
import type { LaneMixer } from '../crypto/lane-mixer.ts'
import type { MasterKey } from '../crypto/master-key.ts'
import type { Password } from '../crypto/scrypt-parameters.ts'
import { loadWhole } from '../whole-file.ts'
import { decodeKeyFile, type KeyFile, openKeyFile } from './key-file.ts'

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

/** What became of the key files of a repository. */
export interface KeySearch {
  found: number
  /** How many were left out because trying all would take too long. */
  untried: number
  /** The names of those that are damaged. */
  readonly damaged: string[]
}

/**
 * All keys together may take as long as 64 of restic's, about half a minute, the cheap ones first: whoever may write into
 * the storage can leave any number of expensive ones there. restic itself tries 20.
 */
const MOST_WORK = 2 ** 27
/** So many key files are read at all. */
const MOST_KEYS = 1000

/** A key file that may be tried. */
interface Candidate {
  readonly name: string
  readonly file: KeyFile
  /** It has the content that its name promises. */
  readonly isIntact: boolean
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
  const candidates = await readCandidates(storage, search, options)
  let left = MOST_WORK
  for (const { name, file } of candidates.toSorted(byPromise)) {
    options.signal?.throwIfAborted()
    const work = isUsableCost(file.scrypt) ? workOf(file.scrypt) : 0
    if (work > left) {
      search.untried++
      continue
    }
    left -= work
    const masterKey = await tryKey(file, password, options)
    if (masterKey === 'damaged') {
      if (!search.damaged.includes(name)) search.damaged.push(name)
    } else if (masterKey) yield { masterKey, keyName: name }
  }
}

function byPromise(a: Candidate, b: Candidate): number {
  return Number(b.isIntact) - Number(a.isIntact) || workOf(a.file.scrypt) - workOf(b.file.scrypt)
}

async function readCandidates(storage: Storage, search: KeySearch, options: Abortable): Promise<Candidate[]> {
  const candidates: Candidate[] = []
  for await (const { name } of storage.list('key', options)) {
    if (search.found === MOST_KEYS) {
      search.untried++
      continue
    }
    try {
      const stored = await loadWhole(storage, 'key', name, options)
      const isIntact = hash('sha256', stored, 'hex') === name
      if (!isIntact) search.damaged.push(name)
      candidates.push({ name, file: decodeKeyFile(stored), isIntact })
      search.found++
    } catch (error) {
      // Removed since it was listed.
      if (isCode(error, 'storage/not-found')) continue
      if (!isUnusable(error)) throw error
      search.found++
      if (!search.damaged.includes(name)) search.damaged.push(name)
    }
  }
  return candidates
}

/** Undefined where the password is not this key's. */
async function tryKey(
  file: KeyFile,
  password: Password,
  { laneMixer }: FindKeysOptions,
): Promise<MasterKey | 'damaged' | undefined> {
  try {
    return await openKeyFile(file, password, laneMixer)
  } catch (error) {
    if (isUnusable(error)) return 'damaged'
    throw error
  }
}

function isUnusable(error: unknown): boolean {
  return isCode(error, 'repository/damaged') || isCode(error, 'repository/unsupported')
}
