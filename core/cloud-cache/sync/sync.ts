import { type Abortable, CoreError, inParallel, isCode, runAtOnce } from '../../base/index.ts'
import type { Handle, Storage } from '../../storage/index.ts'
import type { CachedFile } from '../journal/cached-file.ts'
import type { FileState } from '../journal/file-state.ts'
import type { Journal } from '../journal/journal.ts'
import type { Lease } from '../lease/lease.ts'
import { isLoss } from '../tiers/refusal.ts'
import { removeIfThere } from '../tiers/whole-file.ts'
import { BodyMemory } from './body-memory.ts'
import { findForeign, type Foreign } from './foreign.ts'
import { hasCopy } from './has-copy.ts'
import { readToSend } from './read-to-send.ts'

export interface SyncOptions extends Abortable {
  readonly journal: Journal
  readonly local: Storage
  /** Asked once for each thing: what fails is looked after by the next sync, which sends nothing twice. */
  readonly cloud: Storage
  /** Asked before anything is sent or deleted, and while it goes on: where it is somebody else's by then, this ends. */
  readonly lease?: Pick<Lease, 'hold' | 'look'> | undefined
  /** Bytes of files that are in memory at once; one that is larger goes alone. Default: 160 MiB. */
  readonly mostInMemory?: number | undefined
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

/** How many files are planned at once. */
const PLANNED = 64
const MOST_IN_MEMORY = 160 * 1024 * 1024
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
  readonly #underWay = new Map<string, CachedFile>()
  readonly #memory = new BodyMemory()
  #planned: CachedFile[] = []
  #progress: SyncProgress = { files: 0, bytes: 0, deletions: 0 }

  constructor(options: SyncOptions) {
    this.#journal = options.journal
    this.#local = options.local
    this.#cloud = options.cloud
    this.#options = options
  }

  async run(): Promise<SyncResult> {
    await this.#options.lease?.hold(this.#options)
    await this.#finishBegun()
    await runAtOnce(this.#cloud.connections, () => this.#nextUpload())
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

  /** Undefined: there is nothing just now; more may come to light when what is under way has ended. */
  #nextUpload(): (() => Promise<void>) | undefined {
    this.#options.signal?.throwIfAborted()
    if (this.#planned.length === 0) this.#planned = this.#plan()
    const [file] = this.#planned
    if (file === undefined) return undefined
    const { mostInMemory = MOST_IN_MEMORY } = this.#options
    const bytes = [...this.#underWay.values()].reduce((sum, { size }) => sum + size, file.size)
    if (bytes > mostInMemory && this.#underWay.size > 0) return undefined
    this.#planned.shift()
    this.#underWay.set(keyOf(file), file)
    return () => this.#upload(file).finally(() => this.#underWay.delete(keyOf(file)))
  }

  #plan(): CachedFile[] {
    return this.#journal.files
      .nextUploads(PLANNED + this.#underWay.size + this.#damaged.size)
      .filter((file) => !this.#underWay.has(keyOf(file)) && !this.#damaged.has(keyOf(file)))
  }

  async #upload(file: CachedFile): Promise<void> {
    await this.#options.lease?.hold(this.#options)
    const into = this.#memory.take(file.size)
    const body = await this.#read(file, into)
    // It may have been removed while it waited or was read.
    if (body !== undefined && this.#isStill(file, 'local')) {
      this.#journal.move(file, 'uploading')
      // A failure leaves it so: whether it has arrived is found out by the next sync.
      if ((await this.#send(file, body)) && (await this.#verify(file))) this.#note({ files: 1, bytes: file.size })
    }
    // Where it has failed nobody knows who still reads it.
    this.#memory.giveBack(into)
  }

  /** A config that is there already was sent by a sync that was killed. False: the body is not what was saved. */
  async #send(file: CachedFile, body: Uint8Array): Promise<boolean> {
    const { signal } = this.#options
    // What the name promises the store holds it to.
    const sha256 = file.kind === 'config' ? undefined : file.name
    try {
      await this.#cloud.save(file, body, { signal, sha256 })
      return true
    } catch (error) {
      if (error instanceof CoreError && error.code === 'storage/damaged') {
        this.#journal.finishUpload(file, false)
        this.#noteDamaged(file, error)
        return false
      }
      if (!isCode(error, 'storage/exists')) throw error
      const there = await this.#cloud.load(file, { signal, mostBytes: file.size })
      if (Buffer.compare(there, body) !== 0) throw error
      return true
    }
  }

  /** What was sent was refused unless it arrived as it was: that the cloud has all of it is what is left to be seen. */
  async #verify(file: CachedFile): Promise<boolean> {
    const { signal } = this.#options
    const size = await sizeIn(this.#cloud, file, { signal })
    const isCurrent = this.#journal.transaction(() => {
      if (this.#isStill(file, 'uploaded') || this.#journal.finishUpload(file, true)) {
        this.#journal.move(file, size === file.size ? 'verified' : 'local')
        return true
      }
      return false
    })
    if (!isCurrent) return false
    if (size === file.size) return true
    // Once it may have been removed behind our back; twice, and nobody would ever come to an end.
    if (this.#denied.has(keyOf(file))) throw notKept(file, this.#cloud.location)
    this.#denied.add(keyOf(file))
    return false
  }

  /** Undefined: it cannot be sent. */
  async #read(file: CachedFile, into: Uint8Array): Promise<Uint8Array | undefined> {
    const { signal } = this.#options
    try {
      return await readToSend(this.#local, file, { sums: this.#journal.files.sumsOf(file), into, signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof CoreError)) throw error
      // It was removed meanwhile: that is told by its tombstone.
      if (!this.#journal.files.find(file)) return undefined
      if (!isLoss(error)) throw error
      this.#noteDamaged(file, error)
      return undefined
    }
  }

  #noteDamaged(file: CachedFile, error: CoreError): void {
    this.#damaged.set(keyOf(file), { kind: file.kind, name: file.name })
    this.#options.onDamaged?.(file, error)
  }

  #isStill(file: CachedFile, state: FileState): boolean {
    const now = this.#journal.files.find(file)
    return now?.id === file.id && now.size === file.size && now.state === state
  }

  async #delete(): Promise<readonly Foreign[]> {
    if (this.#journal.tombstones.next(1).length === 0) return []
    await this.#options.lease?.look(this.#options)
    const foreign = await findForeign(this.#journal, this.#cloud, this.#options)
    if (foreign.length > 0) return foreign
    const { signal } = this.#options
    const { tombstones } = this.#journal
    for (let next = tombstones.next(DELETIONS); next.length > 0; next = tombstones.next(DELETIONS)) {
      await this.#options.lease?.hold(this.#options)
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
