import { type Abortable, type Clock, sleep, systemClock } from '../base/index.ts'
import type { FileInfo, FileKind, FileStat, Handle, LoadOptions, SaveOptions, Storage } from './storage.ts'

/** How fast may be stored. It may be changed at any time. */
export interface Bandwidth {
  /** Bytes a second; undefined: as fast as can be; 0: not at all. */
  bytesPerSecond: number | undefined
}

/** What waits looks again after so long whether the limit has changed. Milliseconds. */
const LOOK_AGAIN = 250

/**
 * The same storage, storing no faster than `bandwidth` says over some seconds. Each file is stored in one go, and the next
 * one waits for as long as this one should have taken: so the limit holds from file to file, not within one.
 */
export function withThrottle(storage: Storage, bandwidth: Bandwidth, clock: Clock = systemClock): Storage {
  return new ThrottledStorage(storage, bandwidth, clock)
}

class ThrottledStorage implements Storage {
  readonly location: string
  readonly connections: number
  readonly #storage: Storage
  readonly #bandwidth: Bandwidth
  readonly #clock: Clock
  /** When what was stored so far should be through. Milliseconds of the monotonic clock. */
  #through = Number.NEGATIVE_INFINITY

  constructor(storage: Storage, bandwidth: Bandwidth, clock: Clock) {
    this.location = storage.location
    this.connections = storage.connections
    this.#storage = storage
    this.#bandwidth = bandwidth
    this.#clock = clock
  }

  async save(handle: Handle, body: Uint8Array, options: SaveOptions = {}): Promise<void> {
    await this.#wait(body.length, options)
    return this.#storage.save(handle, body, options)
  }

  /** Each takes its place in the line at once, so that several at a time do not all begin together. */
  async #wait(bytes: number, options: Abortable): Promise<void> {
    await this.#whileClosed(options)
    const { bytesPerSecond } = this.#bandwidth
    if (bytesPerSecond === undefined) return
    const begin = Math.max(this.#clock.monotonic(), this.#through)
    this.#through = begin + (bytes / bytesPerSecond) * 1000
    for (let left = begin - this.#clock.monotonic(); left > 0; left = begin - this.#clock.monotonic()) {
      const now = this.#bandwidth.bytesPerSecond
      if (now !== bytesPerSecond && now !== 0) break
      await sleep(Math.min(left, LOOK_AGAIN), options)
    }
    await this.#whileClosed(options)
    // What was reckoned by another limit does not hold the others up any longer.
    if (this.#bandwidth.bytesPerSecond !== bytesPerSecond) this.#through = this.#clock.monotonic()
  }

  /** Until something may be stored, or whoever asked gives up. */
  async #whileClosed(options: Abortable): Promise<void> {
    while (this.#bandwidth.bytesPerSecond === 0) await sleep(LOOK_AGAIN, options)
  }

  prepare(options?: Abortable): Promise<void> {
    return this.#storage.prepare(options)
  }

  load(handle: Handle, options?: LoadOptions): Promise<Uint8Array> {
    return this.#storage.load(handle, options)
  }

  list(kind: FileKind, options?: Abortable): AsyncIterable<FileInfo> {
    return this.#storage.list(kind, options)
  }

  stat(handle: Handle, options?: Abortable): Promise<FileStat> {
    return this.#storage.stat(handle, options)
  }

  remove(handle: Handle, options?: Abortable): Promise<void> {
    return this.#storage.remove(handle, options)
  }
}
