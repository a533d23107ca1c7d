import { type Abortable, type Clock, createKeyedGate, systemClock } from '../../base/index.ts'
import {
  assertHandle,
  assertRange,
  configExists,
  type FileInfo,
  type FileKind,
  type FileStat,
  type Handle,
  lengthWithin,
  type LoadOptions,
  notFound,
  type Storage,
  targetOf,
} from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import type { Journal } from '../journal/journal.ts'
import { blockSums } from './block-sums.ts'
import { LocalRoom } from './local-room.ts'
import { mend } from './mend.ts'
import { notBuilt } from './refusal.ts'
import { keyOf, type ReaderOptions, TieredReader } from './tiered-reader.ts'
import { hasConfig, removeIfThere } from './whole-file.ts'

export interface CacheOptions extends Omit<ReaderOptions, 'gates'> {
  readonly clock?: Clock | undefined
  /** Bytes that the local tier takes at most; what would be more is refused. Default: what its disk takes. */
  readonly capacity?: number | undefined
}

/**
 * A storage of two tiers. What is saved is durable in the local one, and in the journal, when `save` resolves; somebody else
 * uploads it. What is read comes from the local tier, and from the cloud where that has it alone, or whole. Locks never
 * leave the local tier.
 *
 * Of several processes none may save what another one removes: the repository's own locks see to that.
 */
export function openCacheStorage(options: CacheOptions): Storage {
  return new CacheStorage(options)
}

class CacheStorage implements Storage {
  readonly location: string
  readonly connections: number
  readonly #local: Storage
  readonly #cloud: Storage
  readonly #journal: Journal
  readonly #clock: Clock
  readonly #reader: TieredReader
  readonly #room: LocalRoom
  readonly #gates = createKeyedGate({
    atOnce: 1,
    mostWaiting: Number.POSITIVE_INFINITY,
    busy: { message: '', safety: '', remedy: '' },
  })

  constructor({ clock = systemClock, capacity, ...options }: CacheOptions) {
    this.#local = options.local
    this.#cloud = options.cloud
    this.#journal = options.journal
    this.#clock = clock
    this.#reader = new TieredReader({ ...options, clock, gates: this.#gates })
    this.#room = new LocalRoom(options.journal, options.local.location, capacity)
    this.location = options.local.location
    this.connections = options.local.connections
  }

  async prepare(options: Abortable = {}): Promise<void> {
    options.signal?.throwIfAborted()
    if (!this.#journal.isBuilt()) {
      await this.#assertNothingThere(options)
      await this.#local.prepare(options)
      this.#journal.setBuilt()
    } else {
      await this.#local.prepare(options)
    }
    await mend(this.#journal, this.#local, (handle, work) => this.#alone(handle, options, work), options)
  }

  async save(handle: Handle, body: Uint8Array, options: Abortable = {}): Promise<void> {
    options.signal?.throwIfAborted()
    assertHandle(handle)
    if (handle.kind === 'lock') return this.#local.save(handle, body, options)
    this.#assertBuilt()
    return this.#alone(handle, options, async () => {
      if (handle.kind === 'config' && this.#journal.files.find(handle)) throw configExists(this.location)
      if (handle.kind === 'pack') this.#room.take(body.byteLength)
      // What a killed removal left is not left any more: nobody may tidy away what is stored now.
      this.#journal.tombstones.copyGone(handle)
      this.#journal.files.copyComing(handle)
      // Journalled first, a killed process would leave a file that is listed and is nowhere.
      await this.#local.save(handle, body, options)
      this.#journal.saved(handle, { size: body.byteLength, sums: blockSums(body) })
    })
  }

  async load(handle: Handle, options: LoadOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted()
    assertHandle(handle)
    if (handle.kind === 'lock') return this.#local.load(handle, options)
    assertRange(handle, options)
    const file = await this.#find(handle, options)
    const { offset = 0, into, signal } = options
    const length = lengthWithin(handle, this.location, file.size, options)
    const target = targetOf(handle, into, length)
    this.#journal.files.touch(file, this.#clock.now())
    return this.#reader.read(file, { offset, target, signal })
  }

  async stat(handle: Handle, options: Abortable = {}): Promise<FileStat> {
    options.signal?.throwIfAborted()
    assertHandle(handle)
    if (handle.kind === 'lock') return this.#local.stat(handle, options)
    const { name, size, storedAt } = await this.#find(handle, options)
    return { name, size, stored: storedAt }
  }

  async *list(kind: FileKind, options: Abortable = {}): AsyncIterable<FileInfo> {
    options.signal?.throwIfAborted()
    if (kind === 'lock') {
      yield* this.#local.list(kind, options)
      return
    }
    await this.#assertKnown(kind, options)
    for (const { name, size } of this.#journal.files.ofKind(kind)) {
      options.signal?.throwIfAborted()
      yield { name, size }
    }
  }

  async remove(handle: Handle, options: Abortable = {}): Promise<void> {
    options.signal?.throwIfAborted()
    assertHandle(handle)
    if (handle.kind === 'lock') return this.#local.remove(handle, options)
    this.#assertBuilt()
    return this.#alone(handle, options, async () => {
      if (!this.#journal.removed(handle)) throw notFound(handle, this.location)
      // From here on nobody lists it, and whoever comes after a kill finishes: an aborted signal is of no use any more.
      await removeIfThere(this.#local, handle)
      this.#journal.tombstones.copyGone(handle)
    })
  }

  async #find(handle: Handle, options: Abortable): Promise<CachedFile> {
    await this.#assertKnown(handle.kind, options)
    const file = this.#journal.files.find(handle)
    if (file) return file
    throw notFound(handle, this.location)
  }

  /** Before two of a process change the same file at once they wait for each other. */
  #alone(handle: Handle, { signal }: Abortable, work: () => Promise<void>): Promise<void> {
    return this.#gates.run(keyOf(handle), work, { signal })
  }

  /** A journal that knows of nothing must not pass for a repository that has nothing. */
  #assertBuilt(): void {
    if (!this.#journal.isBuilt()) throw notBuilt(this.location)
  }

  /** Asking for the config is how one asks whether there is a repository, also before anything was prepared. */
  async #assertKnown(kind: FileKind, options: Abortable): Promise<void> {
    if (kind === 'config' && !this.#journal.isBuilt()) await this.#assertNothingThere(options)
    else this.#assertBuilt()
  }

  async #assertNothingThere(options: Abortable): Promise<void> {
    if ((await hasConfig(this.#local, options)) || (await hasConfig(this.#cloud, options)))
      throw notBuilt(this.location)
  }
}
