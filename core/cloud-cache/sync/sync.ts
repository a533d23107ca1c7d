import { type Abortable, CoreError, inParallel, isCode } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import type { Journal } from '../journal/journal.ts'
import { loadWholeFile, removeIfThere } from '../tiers/whole-file.ts'
import { findForeign, type Foreign } from './foreign.ts'
import { hasCopy } from './has-copy.ts'

export interface SyncOptions extends Abortable {
  readonly journal: Journal
  readonly local: Storage
  /** Asked once for each thing: what fails is looked after by the next sync, which sends nothing twice. */
  readonly cloud: Storage
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined
  /** A file whose local copy is not what was saved, and which the cloud does not have: it cannot be sent. */
  readonly onDamaged?: ((file: Handle, error: CoreError) => void) | undefined
}

/** What a sync has done so far. */
export interface SyncProgress {
  readonly files: number
  readonly bytes: number
  readonly deletions: number
}

export interface SyncResult extends SyncProgress {
  /** Cannot be sent; what refers to them is not sent, either. */
  readonly damaged: readonly Handle[]
  /** What somebody else has put into the cloud. Where there is any, nothing is deleted there. */
  readonly foreign: readonly Foreign[]
}

/** How many files are planned ahead for each connection. */
const AHEAD = 4
/** Deletions that are begun at once. */
const DELETIONS = 100

/**
 * Brings the cloud up to what is there: first packs, then indexes, then snapshots, and each kind only when all that was
 * stored before it is verified in the cloud; then deletes what is owed, in the opposite order. So every snapshot in the
 * cloud can be restored from it at every moment, also where this is killed (CC-16: what has arrived is not sent again).
 *
 * One at a time for a cache. Throws what the cloud throws; what was done stays done.
 */
export async function syncCache(options: SyncOptions): Promise<SyncResult> {
  return new Sync(options).run()
}

class Sync {
  readonly #journal: Journal
  readonly #local: Storage
  readonly #cloud: Storage
  readonly #options: SyncOptions
  readonly #damaged = new Map<string, Handle>()
  /** Of which the cloud said that it had them, and had them not. */
  readonly #denied = new Set<string>()
  #progress: SyncProgress = { files: 0, bytes: 0, deletions: 0 }

  constructor(options: SyncOptions) {
    this.#journal = options.journal
    this.#local = options.local
    this.#cloud = options.cloud
    this.#options = options
  }

  async run(): Promise<SyncResult> {
    await this.#finishBegun()
    for (let next = this.#next(); next.length > 0; next = this.#next())
      await inParallel(next, this.#cloud.connections, (file) => this.#upload(file))
    const foreign = await this.#delete()
    return { ...this.#progress, damaged: [...this.#damaged.values()], foreign }
  }

  /** What one that was killed, or lost its connection, had begun: what has arrived all the same is not sent again. */
  async #finishBegun(): Promise<void> {
    for (const file of this.#journal.files.inState('uploading')) {
      this.#journal.finishUpload(file, await hasCopy(this.#cloud, this.#local, file, this.#options))
    }
    this.#journal.abandonUploads()
    for (const file of this.#journal.files.inState('uploaded')) await this.#verify(file)
  }

  #next(): CachedFile[] {
    return this.#journal.files
      .nextUploads(this.#cloud.connections * AHEAD + this.#damaged.size)
      .filter((file) => !this.#damaged.has(keyOf(file)))
  }

  async #upload(file: CachedFile): Promise<void> {
    const { signal } = this.#options
    signal?.throwIfAborted()
    const body = await this.#read(file)
    if (body === undefined) return
    // It may have been removed while it was read.
    if (this.#journal.files.find(file)?.state !== 'local') return
    this.#journal.move(file, 'uploading')
    // A failure leaves it so: whether it has arrived is found out by the next sync.
    await this.#send(file, body)
    if (!this.#journal.finishUpload(file, true)) return
    if (!(await this.#verify(file))) return
    this.#note({ files: 1, bytes: file.size })
  }

  /** A config that is there already was sent by a sync that was killed. */
  async #send(file: CachedFile, body: Uint8Array): Promise<void> {
    const { signal } = this.#options
    try {
      await this.#cloud.save(file, body, { signal })
    } catch (error) {
      if (!isCode(error, 'storage/exists')) throw error
      const there = await this.#cloud.load(file, { signal, mostBytes: file.size })
      if (Buffer.compare(there, body) !== 0) throw error
    }
  }

  /** What was sent was refused unless it arrived as it was: that the cloud has all of it is what is left to be seen. */
  async #verify(file: CachedFile): Promise<boolean> {
    const { signal } = this.#options
    const size = await sizeIn(this.#cloud, file, { signal })
    if (this.#journal.files.find(file)?.state !== 'uploaded') return false
    this.#journal.move(file, size === file.size ? 'verified' : 'local')
    if (size === file.size) return true
    // Once it may have been removed behind our back; twice, and nobody would ever come to an end.
    if (this.#denied.has(keyOf(file))) throw notKept(file, this.#cloud.location)
    this.#denied.add(keyOf(file))
    return false
  }

  /** Undefined: it cannot be sent. */
  async #read(file: CachedFile): Promise<Uint8Array | undefined> {
    try {
      return (await loadWholeFile(this.#local, file, this.#journal.files.sumsOf(file), this.#options)).body
    } catch (error) {
      this.#options.signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      // It was removed meanwhile: that is told by its tombstone.
      if (!this.#journal.files.find(file)) return undefined
      const isGone = isCode(error, 'storage/not-found') || isCode(error, 'storage/damaged')
      if (!isGone) throw error
      this.#damaged.set(keyOf(file), { kind: file.kind, name: file.name })
      this.#options.onDamaged?.(file, error)
      return undefined
    }
  }

  async #delete(): Promise<readonly Foreign[]> {
    if (this.#journal.tombstones.next(1).length === 0) return []
    const foreign = await findForeign(this.#journal, this.#cloud, this.#options)
    if (foreign.length > 0) return foreign
    const { signal } = this.#options
    const { tombstones } = this.#journal
    for (let next = tombstones.next(DELETIONS); next.length > 0; next = tombstones.next(DELETIONS)) {
      await inParallel(next, this.#cloud.connections, async (handle) => {
        signal?.throwIfAborted()
        if (!tombstones.begin(handle)) return
        await removeIfThere(this.#cloud, handle, { signal })
        tombstones.end(handle)
        this.#note({ deletions: 1 })
      })
    }
    return []
  }

  #note({ files = 0, bytes = 0, deletions = 0 }: Partial<SyncProgress>): void {
    const { files: before, bytes: bytesBefore, deletions: deletionsBefore } = this.#progress
    this.#progress = { files: before + files, bytes: bytesBefore + bytes, deletions: deletionsBefore + deletions }
    this.#options.onProgress?.(this.#progress)
  }
}

function notKept(handle: Handle, location: string): CoreError {
  return new CoreError(
    'storage/unreachable',
    `${location} took ${handle.kind} ${handle.name} twice, and has not kept it`,
    {
      safety: 'The copy in the cache is unharmed.',
      remedy: 'Look at the rules of the bucket, and who else may remove files there; then sync again.',
      context: { location, kind: handle.kind, name: handle.name },
    },
  )
}

function keyOf({ kind, name }: Handle): string {
  return `${kind} ${name}`
}

async function sizeIn(cloud: Storage, handle: Handle, options: Abortable): Promise<number | undefined> {
  try {
    return (await cloud.stat(handle, options)).size
  } catch (error) {
    if (isCode(error, 'storage/not-found')) return undefined
    throw error
  }
}
