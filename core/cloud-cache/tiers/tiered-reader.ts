import {
  type Clock,
  CoreError,
  createGate,
  createLatestUsed,
  type Gate,
  type KeyedGate,
  systemClock,
} from '../../base/index.ts'
import { type Handle, notFound, type Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import type { Journal } from '../journal/journal.ts'
import { areSumsOf } from './block-sums.ts'
import { cutRange, type Range, readBlocks } from './read-blocks.ts'
import { isLoss, lost, onlyLocal } from './refusal.ts'
import { isThere, loadWholeFile, replaceLocal } from './whole-file.ts'

/** A file that one of the tiers has not got as it was saved. */
export interface CacheDamage {
  readonly handle: Handle
  /** What that tier said. */
  readonly error: CoreError
}

export interface ReaderOptions {
  readonly local: Storage
  readonly cloud: Storage
  readonly journal: Journal
  readonly clock?: Clock | undefined
  /** Lets one at a time change what the local tier has of a file. */
  readonly gates: KeyedGate
  /** The local copy was damaged or missing, and is whole again. */
  readonly onHealed?: ((damage: CacheDamage) => void) | undefined
  /** It was, and could not be brought back; or the cloud's copy is damaged or missing. */
  readonly onDamaged?: ((damage: CacheDamage) => void) | undefined
}

/** So many whole files are in memory at once to be healed. */
const HEALED_AT_ONCE = 4
/** Of so many files that could not be healed it is remembered, so that not every read fetches them anew. */
const REMEMBERED = 10_000

type Wanted = Omit<Range, 'size' | 'sums'>

/** Reads files from the local tier, and from the cloud what that has not got. A block whose sum is wrong is never handed out. */
export class TieredReader {
  readonly #options: ReaderOptions
  readonly #healing: Gate
  readonly #clock: Clock
  readonly #hopeless = createLatestUsed<number, true>(REMEMBERED)

  constructor(options: ReaderOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#healing = createGate({
      atOnce: HEALED_AT_ONCE,
      mostWaiting: Number.POSITIVE_INFINITY,
      busy: { message: '', safety: '', remedy: '' },
    })
  }

  /** The range has to lie within the file. */
  async read(file: CachedFile, wanted: Wanted): Promise<Uint8Array> {
    const range = this.#rangeOf(file, wanted)
    if (file.state === 'evicted') return this.#readCloud(file, range, undefined)
    let failure: CoreError
    try {
      return await this.#readLocal(file, range)
    } catch (error) {
      failure = passError(error, wanted)
    }
    // Meanwhile it may have been evicted, or removed and saved again.
    const now = this.#find(file)
    if (now.id !== file.id || now.state === 'evicted') return this.read(now, wanted)
    const isLocalThere = await isThere(this.#options.local, wanted)
    if (now.state === 'local' || now.state === 'uploading') {
      const error = onlyLocal(file, this.#options.local, isLocalThere, failure)
      if (error.code === 'storage/damaged') this.#tellDamaged(handleOf(file), error)
      throw error
    }
    if (!isLocalThere || this.#hopeless.has(file.id)) return this.#readCloud(file, range, failure)
    return this.#heal(file, wanted, failure)
  }

  async #readLocal(file: CachedFile, range: Range): Promise<Uint8Array> {
    const { local, journal } = this.#options
    if (range.sums) return readBlocks(local, handleOf(file), range)
    const { body, sums } = await loadWholeFile(local, file, undefined, range)
    journal.learnSums(file, sums)
    return cutRange(body, range)
  }

  async #readCloud(file: CachedFile, range: Range, local: CoreError | undefined): Promise<Uint8Array> {
    try {
      return await readBlocks(this.#options.cloud, handleOf(file), range)
    } catch (error) {
      const cloud = passError(error, range)
      if (!isLoss(cloud)) throw cloud
      throw this.#lost(file, cloud, local)
    }
  }

  #lost(file: CachedFile, cloud: CoreError, local: CoreError | undefined): CoreError {
    const error = lost(file, this.#options.cloud, cloud, local)
    this.#tellDamaged(handleOf(file), error)
    return error
  }

  /** Brings the whole file from the cloud, and hands out the range of that. Where that fails the range alone may do. */
  async #heal(file: CachedFile, wanted: Wanted, failure: CoreError): Promise<Uint8Array> {
    const work = (): Promise<Uint8Array | undefined> =>
      this.#healing.run(() => this.#healAlone(file, wanted, failure), wanted)
    const healed = await this.#options.gates.run(keyOf(file), work, wanted)
    return healed ?? this.read(this.#find(file), wanted)
  }

  /** Undefined: meanwhile it is another file, or no longer for the cloud to say what it holds. */
  async #healAlone(file: CachedFile, wanted: Wanted, failure: CoreError): Promise<Uint8Array | undefined> {
    const now = this.#find(file)
    if (now.id !== file.id || (now.state !== 'uploaded' && now.state !== 'verified')) return undefined
    const range = this.#rangeOf(now, wanted)
    try {
      // Somebody may have healed it in the meantime.
      return await this.#readLocal(now, range)
    } catch (error) {
      passError(error, wanted)
    }
    let whole
    try {
      whole = await loadWholeFile(this.#options.cloud, now, range.sums, wanted)
    } catch (error) {
      const cloud = passError(error, wanted)
      if (isLoss(cloud)) this.#hopeless.take(now.id, () => true)
      if (range.sums) return this.#readCloud(now, range, failure)
      throw isLoss(cloud) ? this.#lost(now, cloud, failure) : cloud
    }
    await this.#storeHealed(now, whole.body, whole.sums, wanted, failure)
    return cutRange(whole.body, range)
  }

  async #storeHealed(file: CachedFile, body: Uint8Array, sums: Uint8Array, wanted: Wanted, failure: CoreError) {
    const { local, journal, onHealed } = this.#options
    const handle = handleOf(file)
    try {
      await replaceLocal(local, handle, body, wanted)
    } catch (error) {
      const refusal = passError(error, wanted)
      this.#hopeless.take(file.id, () => true)
      this.#tellDamaged(handle, refusal)
      return
    }
    journal.healed(file, sums)
    journal.damages.note(handle, { at: this.#clock.now(), isHealed: true, what: failure.message })
    onHealed?.({ handle, error: failure })
  }

  #tellDamaged(handle: Handle, error: CoreError): void {
    const { journal, onDamaged } = this.#options
    journal.damages.note(handle, { at: this.#clock.now(), isHealed: false, what: error.message })
    onDamaged?.({ handle, error })
  }

  #rangeOf(file: CachedFile, wanted: Wanted): Range {
    const sums = this.#options.journal.files.sumsOf(file)
    return { ...wanted, size: file.size, sums: sums && areSumsOf(sums, file.size) ? sums : undefined }
  }

  #find(handle: Handle): CachedFile {
    const file = this.#options.journal.files.find(handle)
    if (file) return file
    throw notFound(handleOf(handle), this.#options.local.location)
  }
}

/** The key of a file's gate. */
export function keyOf({ kind, name }: Handle): string {
  return `${kind} ${name}`
}

function handleOf({ kind, name }: Handle): Handle {
  return { kind, name }
}

/** An error that a tier may answer with; throws any other, and the signal's reason where that was aborted. */
function passError(error: unknown, { signal }: Pick<Range, 'signal'>): CoreError {
  signal?.throwIfAborted()
  if (!(error instanceof CoreError)) throw error
  return error
}
