import type { Abortable } from '../base/index.ts'

/** The kinds of files that a repository consists of (restic design.rst, "Repository Layout"). */
export type FileKind = 'config' | 'key' | 'lock' | 'snapshot' | 'index' | 'pack'

/** Names one file of a repository. */
export interface Handle {
  readonly kind: FileKind
  /** 64 lower-case hexadecimal digits; the empty string for `config`. */
  readonly name: string
}

export interface FileInfo {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

export interface LoadOptions extends Abortable {
  /** The first byte wanted. Default: 0. */
  readonly offset?: number | undefined
  /** How many bytes. Default: to the end. */
  readonly length?: number | undefined
  /** Where to put them; it may be shared memory. Must be at least as long. Default: new memory. */
  readonly into?: Uint8Array | undefined
}

/**
 * A place that keeps a repository's files whole.
 *
 * Every method may be called many times at once. A failure is a `CoreError`: `storage/not-found`, `storage/full`,
 * `storage/refused` (permission), `storage/truncated` (a range past the end), `storage/readonly`, or
 * `storage/unreachable` for anything that may pass; only the last is retryable. Retrying is not a storage's own
 * business: see `withRetry`.
 */
export interface Storage {
  /** Where it is, as a person would write it. Never holds a secret. */
  readonly location: string

  /** How many requests at once serve it best. */
  readonly connections: number

  /** Makes what `save` needs (folders). Harmless where it exists already. */
  prepare(options?: Abortable): Promise<void>

  /**
   * Stores `body` under `handle`. When this resolves the file is durable, and `load` and `list` see it whole; before
   * that, nobody sees any of it, also after a crash. Saving the same handle twice with the same body is not an error.
   * `config` is never replaced: the second save fails with `storage/exists`. `body` must not change until then.
   */
  save(handle: Handle, body: Uint8Array, options?: Abortable): Promise<void>

  /** Reads a file or a range of it. Resolves to exactly the bytes asked for, else fails with `storage/truncated`. */
  load(handle: Handle, options?: LoadOptions): Promise<Uint8Array>

  /** Tells a file's size. */
  stat(handle: Handle, options?: Abortable): Promise<FileInfo>

  /** Yields every file of this kind once, in no order; foreign files in the same place are passed over. */
  list(kind: FileKind, options?: Abortable): AsyncIterable<FileInfo>

  /** Removes a file durably. A file that is not there fails with `storage/not-found`. */
  remove(handle: Handle, options?: Abortable): Promise<void>
}
