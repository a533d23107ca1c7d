import type { Abortable } from '../base/index.ts'
import type { Attribute, AttributeProblem } from '../file-system/index.ts'
import type { SelectionOptions } from '../selection/index.ts'
import type { DataExtent } from './file-server/content.ts'
import type { FolderAddress } from './file-server/folder-address.ts'
import type { OpenFile } from './file-server/open-file.ts'
import type { OpenFolder } from './file-server/open-folder.ts'
import type { RootIdentity } from './file-server/root-identity.ts'

/** How a thread opens what it reads the entries of a source with. Plain data; other kinds of sources bring theirs. */
export interface ReaderDescriptor {
  readonly kind: 'file-server'
}

/** What is protected, and what of it. Plain data. */
export interface FileServerDescriptor {
  readonly kind: 'file-server'
  /** Absolute paths, as bytes. A symbolic link is protected as a link. */
  readonly roots: readonly Uint8Array[]
  readonly selection: SelectionOptions
}

/** One root, ready to be read. Plain data, so that it can be given to a worker thread. */
export interface PreparedRoot {
  /** What it is called in the snapshot and in messages. */
  readonly path: Uint8Array
  /** Where it is read: the same, or its place in a shadow copy. */
  readonly readFrom: Uint8Array
  readonly identity: RootIdentity
}

/** Something that is protected. */
export interface Source {
  /**
   * Makes the source ready for one run: a shadow copy where it has them (Windows VSS will), nothing on a live file
   * system. Whoever calls it owes a `release`, also when the run fails. Fails with `source/not-found` or
   * `source/unreadable` for a root that is not there, and with `input/invalid` for a selection that cannot be
   * understood; then there is nothing to release.
   */
  prepare(options?: Abortable): Promise<PreparedSource>
}

export interface PreparedSource {
  readonly roots: readonly PreparedRoot[]
  readonly reader: ReaderDescriptor
  readonly selection: SelectionOptions
  /**
   * To be called after the last read and before the snapshot is saved. Fails with `source/vanished` when a root is not
   * what it was; then no snapshot may be made.
   */
  verify(): void
  /** Gives back what `prepare` made, and only that. */
  release(): Promise<void>
}

/**
 * Reads entries. Everything is synchronous, as that is fastest on a local disk: a worker thread opens a reader of its
 * own. What cannot be read throws `source/unreadable`: it is missed, and all else goes on.
 */
export interface EntryReader {
  /** Opens a folder to read its entries by name; undefined where there is none. Whoever opens closes. */
  openFolder(address: FolderAddress): OpenFolder | undefined
  /** Of an open file. What cannot be read of them is told to `problem`, and left out. */
  attributes(file: OpenFile, problem: AttributeProblem): readonly Attribute[]
  /** The name of a user; empty when unknown. */
  userName(id: number): string
  groupName(id: number): string
  /** Fills `length` bytes of `target`, shared memory too; returns how many, fewer only at the end of the file. */
  read(file: OpenFile, target: Uint8Array, targetOffset: number, length: number, position: number): number
  /** The next run of data at or after `offset`; what lies between is a hole. Undefined when only a hole is left. */
  nextData(file: OpenFile, offset: number, size: number): DataExtent | undefined
  /** Whether the file changed since it was opened. What was read of it is then a mixture, and the run says so. */
  hasChanged(file: OpenFile): boolean
  close(file: OpenFile): void
}
