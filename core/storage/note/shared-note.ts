import type { Abortable } from '../../base/index.ts'

/** What a note said when it was read. */
export interface NoteVersion {
  readonly body: Uint8Array
  /** By which the place knows this version from others. */
  readonly tag: string
}

/**
 * A small file beside a repository's own, which programs at different computers share. restic looks only at the names that it
 * knows, and takes no notice of it.
 *
 * Failures are those of a `Storage`.
 */
export interface SharedNote extends Disposable {
  /** Where it is, as a person would write it. */
  readonly location: string

  /** Undefined: there is none. One that is longer than 64 KiB fails with `storage/too-large`. */
  read(options?: Abortable): Promise<NoteVersion | undefined>

  /**
   * Puts `body` in the place of this version; of undefined: where there is none. False: it is another one by now. Where the
   * place knows no conditions (a folder, some stores) two at the same moment may both be told true, and who reads it next
   * sees whose it is.
   */
  replace(before: NoteVersion | undefined, body: Uint8Array, options?: Abortable): Promise<boolean>
}

/** Bytes. */
export const LONGEST_NOTE = 64 * 1024
