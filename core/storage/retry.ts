import { type Abortable, CoreError, isCode, retry, type RetryOptions, waitBeforeRetry } from '../base/index.ts'
import { NameLog } from './name-log.ts'
import type { FileInfo, FileKind, FileStat, Handle, LoadOptions, SaveOptions, Storage } from './storage.ts'

/** How long to go on; `RetryOptions` says what each means. Default: six attempts within some 30 seconds. */
export type StorageRetryOptions = Partial<Omit<RetryOptions, 'isRetryable' | 'signal'>>

/**
 * The same storage, made stubborn: what fails with a `retryable` error is done again. The contract of `Storage` holds
 * across attempts: an attempt that failed may in truth have succeeded, so a `config` that exists after one is compared
 * with what was to be saved, and a file that is gone after one counts as removed.
 */
export function withRetry(storage: Storage, options: StorageRetryOptions = {}): Storage {
  return new RetryingStorage(storage, options)
}

class RetryingStorage implements Storage {
  readonly location: string
  readonly connections: number
  readonly #storage: Storage
  readonly #options: RetryOptions

  constructor(storage: Storage, options: StorageRetryOptions) {
    this.location = storage.location
    this.connections = storage.connections
    this.#storage = storage
    this.#options = { attempts: 6, firstDelay: 1000, longestDelay: 15_000, ...options, isRetryable }
  }

  prepare(options: Abortable = {}): Promise<void> {
    return this.#retry(() => this.#storage.prepare(options), options)
  }

  save(handle: Handle, body: Uint8Array, options: SaveOptions = {}): Promise<void> {
    if (handle.kind === 'config') return this.#saveConfig(handle, body, options)
    return this.#retry(() => this.#storage.save(handle, body, options), options)
  }

  load(handle: Handle, options: LoadOptions = {}): Promise<Uint8Array> {
    return this.#retry(() => this.#storage.load(handle, options), options)
  }

  stat(handle: Handle, options: Abortable = {}): Promise<FileStat> {
    return this.#retry(() => this.#storage.stat(handle, options), options)
  }

  async *list(kind: FileKind, options: Abortable = {}): AsyncIterable<FileInfo> {
    const yielded = new NameLog()
    for (let attempt = 1; ; attempt++) {
      const before = yielded.names()
      try {
        for await (const info of this.#storage.list(kind, options)) {
          if (before.has(info.name)) continue
          yielded.add(info.name)
          yield info
        }
        return
      } catch (error) {
        await waitBeforeRetry(error, attempt, { ...this.#options, signal: options.signal })
      }
    }
  }

  async remove(handle: Handle, options: Abortable = {}): Promise<void> {
    let failedBefore = false
    await this.#retry(async () => {
      try {
        await this.#storage.remove(handle, options)
      } catch (error) {
        if (failedBefore && isCode(error, 'storage/not-found')) return
        failedBefore = true
        throw error
      }
    }, options)
  }

  async #saveConfig(handle: Handle, body: Uint8Array, options: SaveOptions): Promise<void> {
    let failedBefore = false
    await this.#retry(async () => {
      try {
        await this.#storage.save(handle, body, options)
      } catch (error) {
        const mayBeOurs = failedBefore && isCode(error, 'storage/exists')
        if (mayBeOurs && Buffer.compare(await this.#storage.load(handle, options), body) === 0) return
        failedBefore = true
        throw error
      }
    }, options)
  }

  #retry<T>(work: () => Promise<T>, { signal }: Abortable): Promise<T> {
    return retry(work, { ...this.#options, signal })
  }
}

function isRetryable(error: unknown): boolean {
  return error instanceof CoreError && error.retryable
}
