import type { Abortable } from '../base/index.ts'

/** The kinds of files that a repository consists of (restic design.rst, "Repository Layout"). */
export type FileKind = 'config' | 'key' | 'lock' | 'snapshot' | 'index' | 'pack'

/** Names one file of a repository. */
export interface Handle {
  readonly kind: FileKind
  /** 64 lower-case hexadecimal digits; the empty string for `config`. Anything else fails with `input/invalid`. */
  readonly name: string
}

export interface FileInfo {
  readonly name: string
  /** Bytes. */
  readonly size: number
}

export interface SaveOptions extends Abortable {
  /**
   * The SHA-256 of the body, 64 hexadecimal digits, where the caller knows it: it need not be made again. A storage that
   * has the other side check what arrives fails with `storage/damaged` where the body is another one; others take no notice.
   */
  readonly sha256?: string | undefined
}

export interface LoadOptions extends Abortable {
  /** The first byte wanted, a whole number. Default: 0. */
  readonly offset?: number | undefined
  /** How many bytes, a whole number. Default: to the end. */
  readonly length?: number | undefined
  /**
   * Where to put them, from its start on; it may be shared memory. Too short for them: `input/invalid`. What it holds
   * after a failure is undefined. Default: new memory, the caller's own, that may be transferred.
   */
  readonly into?: Uint8Array | undefined
  /** A file, or what is left of it, that is longer is not read: `storage/too-large`. */
  readonly mostBytes?: number | undefined
}

/** What a storage tells of one file. */
export interface FileStat extends FileInfo {
  /** When it was stored by the storage's own clock, where it has one. Milliseconds since the epoch. */
  readonly stored?: number | undefined
}

/**
 * A place that keeps a repository's files whole. It need not check, and does not understand, what is in them.
 *
 * Every method may be called many times at once, also by several processes.
 *
 * A failure is a `CoreError`. For good: `storage/not-found`, `storage/exists`, `storage/full`, `storage/refused`
 * (permission, or a path that can never work), `storage/truncated` (a range past the end), `storage/damaged` (the storage itself
 * can tell that what it holds is not what was saved), `storage/too-large`, `storage/readonly`, `input/invalid` (a handle or range
 * that makes no sense). `storage/unreachable` is anything else that may pass, and
 * the only one that is `retryable`. Where the place itself has vanished (a disk unplugged, a share unmounted) that is
 * `storage/unreachable` too, never `storage/not-found` and never an empty list; only asking for `config` answers
 * `storage/not-found`, which is how one asks whether there is a repository. Retrying is not a storage's own business:
 * see `withRetry`.
 *
 * An aborted signal fails a method with the signal's own reason: always when it was aborted before the call, and as
 * soon as possible when during it. A file whose `save` was aborted is there whole or not at all.
 */
export interface Storage {
  /** Where it is, as a person would write it. Never holds a secret. */
  readonly location: string

  /** How many requests at once serve it best. */
  readonly connections: number

  /**
   * Makes what `save` needs (folders) and clears away what crashed processes left. Owed once by every process that will
   * save, before its first. Harmless where all of it exists already.
   */
  prepare(options?: Abortable): Promise<void>

  /**
   * Stores `body` under `handle`. When this resolves the file is durable; until then others see the whole file or none
   * of it, also after a crash. Saving the same handle twice with the same body is not an error, at the same time
   * included. `config` is never replaced: the second save fails with `storage/exists`, and of several at once exactly
   * one succeeds. `body` may be shared memory and must not change until this settles; a storage keeps no reference to
   * it. It may be empty.
   */
  save(handle: Handle, body: Uint8Array, options?: SaveOptions): Promise<void>

  /**
   * Reads a file or a range of it. Resolves to exactly the bytes asked for, else fails with `storage/truncated`; a range
   * of no bytes may lie anywhere up to the end, the end included. With `into`, resolves to a view on it.
   */
  load(handle: Handle, options?: LoadOptions): Promise<Uint8Array>

  /** Tells a file's size, and when it was stored. */
  stat(handle: Handle, options?: Abortable): Promise<FileStat>

  /**
   * Yields every file of this kind once, in no order, and never holds all packs in memory (at most a few thousand names
   * at once). Foreign and temporary files in the same place are passed over. A file saved or removed meanwhile may be
   * missing or not.
   */
  list(kind: FileKind, options?: Abortable): AsyncIterable<FileInfo>

  /** Removes a file durably. A file that is not there fails with `storage/not-found`. */
  remove(handle: Handle, options?: Abortable): Promise<void>
}
