import { join } from 'node:path'

import { type Clock, systemClock } from '../../base/index.ts'
import { describeHandle, type Handle } from '../../storage/index.ts'
import type { CachedFile } from './cached-file.ts'
import { DamageBook } from './damage-book.ts'
import { FileRows } from './file-rows.ts'
import { assertTransition, type FileState, impossible } from './file-state.ts'
import { JournalFile } from './journal-file.ts'
import { NeedRows } from './need-rows.ts'
import { OwnMarks } from './own-marks.ts'
import { TombstoneFiles } from './tombstone-files.ts'
import { Tombstones } from './tombstones.ts'

/** What was stored. */
interface Stored {
  readonly size: number
  /** Of its blocks (`block-sums.ts`). */
  readonly sums: Uint8Array
}

/**
 * What the cache knows of its files: one row each, and the deletions that are owed to the cloud. Whatever a method says is
 * durable when it returns; after a kill at any point it was done or was not. Several processes may have it open.
 */
export class Journal {
  /** The SQLite file. */
  readonly location: string
  readonly files: FileRows
  readonly tombstones: Tombstones
  readonly damages: DamageBook
  readonly needs: NeedRows
  readonly marks: OwnMarks
  readonly #file: JournalFile
  readonly #clock: Clock

  constructor(folder: string, clock: Clock) {
    this.location = join(folder, 'journal.sqlite')
    this.#clock = clock
    this.#file = new JournalFile(this.location)
    this.files = new FileRows(this.#file)
    this.needs = new NeedRows(this.#file)
    this.damages = new DamageBook(this.#file)
    this.marks = new OwnMarks(this.#file)
    this.tombstones = new Tombstones(this.#file, new TombstoneFiles(join(folder, 'tombstones')))
  }

  /** Whether it knows all files. A new one does not, wherever there are some: it has to be rebuilt. */
  isBuilt(): boolean {
    return this.#file.rows('SELECT 1 FROM built').length > 0
  }

  setBuilt(): void {
    this.#file.transaction(() => {
      if (!this.isBuilt()) this.#file.run('INSERT INTO built VALUES (1)')
    })
  }

  /** Many changes at once: all of them or none. */
  transaction<T>(work: () => T): T {
    return this.#file.transaction(work)
  }

  /**
   * Forgets every file, and is not built until somebody says so. Deletions are owed as their files say: one whose file was
   * saved again meanwhile has none, and would take that with it.
   */
  beginAnew(): void {
    this.#file.transaction(() => {
      for (const table of ['built', 'need', 'sums', 'file', 'tombstone']) this.#file.run(`DELETE FROM ${table}`)
      this.tombstones.addFromTwins()
    })
  }

  /** A rebuild has found a file in this state. False: it is to be deleted. */
  found(handle: Handle, size: number, state: FileState, sums?: Uint8Array): boolean {
    return this.#file.transaction(() => {
      if (this.tombstones.phaseOf(handle) !== undefined) return false
      this.files.insert(handle, { size, now: this.#clock.now(), state })
      if (sums) this.files.keepSums(this.#existing(handle), sums)
      return true
    })
  }

  /**
   * A file is durable in the local tier; it may have been before. A deletion that was owed is owed no longer. Another body
   * under the same name has to be uploaded like a new file.
   */
  saved(handle: Handle, { size, sums }: Stored): void {
    this.#file.transaction(() => {
      this.tombstones.cancel(handle)
      this.damages.forget(handle)
      const now = this.#clock.now()
      const before = this.files.find(handle)
      if (before) {
        const known = this.files.sumsOf(before)
        const isSame = before.size === size && (known === undefined || Buffer.compare(known, sums) === 0)
        const kept = before.state === 'evicted' ? 'verified' : before.state
        this.files.replace(before, { size, now, state: isSame ? kept : 'local' })
      } else {
        this.files.insert(handle, { size, now, state: 'local' })
      }
      this.files.keepSums(this.#existing(handle), sums)
    })
  }

  /** A file is to go: nobody sees it any more, and its deletion is owed to the cloud. False: there is none. */
  removed(handle: Handle): boolean {
    return this.#file.transaction(() => {
      const file = this.files.find(handle)
      if (!file) return false
      this.tombstones.add(handle, file.state === 'uploading' ? 'uploading' : 'owed')
      this.files.forget(file)
      return true
    })
  }

  /** Throws a defect where the file is not there, or cannot come into this state from the one that it is in. */
  move(handle: Handle, to: FileState): void {
    this.#file.transaction(() => {
      const file = this.#existing(handle)
      assertTransition(handle, file.state, to)
      if (to === 'evicted' && !file.isEvictable) {
        throw impossible(`${describeHandle(handle)} is to be evicted, and nobody has said that it is a data pack`)
      }
      this.files.setState(file, to)
    })
  }

  /**
   * An upload has ended. False: the file was removed meanwhile, or stored anew with another body; then what was sent counts
   * for nothing, and its deletion is owed where nothing has taken its place.
   */
  finishUpload(handle: Handle, wasSent: boolean): boolean {
    return this.#file.transaction(() => {
      const file = this.files.find(handle)
      const phase = this.tombstones.phaseOf(handle)
      if (phase === 'uploading') {
        if (file) this.tombstones.drop(handle)
        else this.tombstones.setPhase(handle, 'owed')
        return false
      }
      if (!file) throw impossible(`to end an upload of ${describeHandle(handle)}, which has not begun`)
      if (file.state === 'local') return false
      this.move(handle, wasSent ? 'uploaded' : 'local')
      return true
    })
  }

  /** Keeps the sums of a file that had none, unless it is gone by now. */
  learnSums(file: CachedFile, sums: Uint8Array): void {
    this.#file.transaction(() => {
      if (this.files.find(file)?.id === file.id) this.files.keepSums(file, sums)
    })
  }

  /**
   * The cloud has a file no more that it had. Where the cache has it, it is to be sent again; one that only the cloud had is
   * forgotten, and nothing refers to it from now on. Undefined: it was removed or stored anew since somebody looked.
   */
  lostInCloud(file: CachedFile): 'to-send' | 'lost' | undefined {
    return this.#file.transaction(() => {
      const now = this.files.find(file)
      if (now?.id !== file.id || now.size !== file.size) return undefined
      if (now.state === 'verified') {
        this.files.setState(now, 'local')
        return 'to-send'
      }
      if (now.state !== 'evicted') return undefined
      this.files.forget(now)
      return 'lost'
    })
  }

  /** The local copy of a file is whole again. */
  healed(file: CachedFile, sums: Uint8Array): void {
    this.#file.transaction(() => {
      this.learnSums(file, sums)
      if (this.files.find(file)?.state === 'evicted') this.move(file, 'verified')
    })
  }

  /** Owed by whoever uploads, once, before the first: what was being sent when it was killed begins anew. */
  abandonUploads(): void {
    this.#file.transaction(() => {
      for (const file of this.files.inState('uploading')) this.files.setState(file, 'local')
      this.tombstones.abandonUploads()
    })
  }

  close(): void {
    this.#file.close()
  }

  #existing(handle: Handle): CachedFile {
    const file = this.files.find(handle)
    if (file) return file
    throw impossible(`there is no ${describeHandle(handle)} in it`)
  }
}

/** Opens the journal in a cache's folder, which has to be there, and makes one where there is none. */
export function openJournal(folder: string, { clock = systemClock }: { readonly clock?: Clock } = {}): Journal {
  return new Journal(folder, clock)
}
