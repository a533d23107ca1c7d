import { CoreError, formatBytes } from '../../base/index.ts'
import type { Journal } from '../journal/journal.ts'

/** After so many bytes it is looked what others have stored or evicted meanwhile. */
const LOOK_EVERY = 256 * 1024 * 1024

/** The room that the local tier of a cache may take up. Only packs count on it: all else is small, and has to be there. */
export class LocalRoom {
  readonly #journal: Journal
  readonly #location: string
  readonly #capacity: number | undefined
  #used = 0
  #left = 0

  constructor(journal: Journal, location: string, capacity: number | undefined) {
    this.#journal = journal
    this.#location = location
    this.#capacity = capacity
  }

  /** Throws `storage/full` where a pack of so many bytes has no room. */
  take(bytes: number): void {
    if (this.#capacity === undefined) return
    if (this.#left < bytes || this.#used + bytes > this.#capacity) {
      this.#used = this.#journal.files.localBytes()
      this.#left = LOOK_EVERY
    }
    if (this.#used + bytes > this.#capacity) throw full(this.#location, this.#capacity)
    this.#used += bytes
    this.#left -= bytes
  }
}

function full(location: string, capacity: number): CoreError {
  return new CoreError('storage/full', `The cache ${location} holds the ${formatBytes(capacity)} that it may hold`, {
    safety: 'What it has stored is safe.',
    remedy: 'Let it sync, so that more of it can be evicted, or give it more room.',
    context: { location },
  })
}
