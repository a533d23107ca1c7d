import type { CarriedError } from '../base/index.ts'
import type { Reacher } from '../identity/index.ts'
import type { VaultStore } from '../vault/index.ts'
import type { EntryRow } from './worker/entry-row.ts'

/** What a reader's thread is started with. */
export interface ReaderWorkerData {
  readonly store: VaultStore
  readonly password: string
}

/** What of a recovery point somebody may see. */
export interface Reach {
  readonly user: Reacher
  /** The appliance's own: it counts as the system's. */
  readonly dataFolder: Uint8Array
}

/** An entry of a recovery point. */
export interface EntryAsked {
  readonly snapshotId: string
  /** Whole, of raw bytes. `/` is the root. */
  readonly path: Uint8Array
}

/** A part of a folder. */
export interface ListAsked extends EntryAsked {
  readonly limit: number
  /** The raw name behind which it goes on. */
  readonly after?: Uint8Array | undefined
  readonly reach: Reach
}

/** Entries in the order of their names' bytes. */
export interface FolderPage {
  readonly entries: readonly EntryRow[]
  /** The raw name behind which there is more. */
  readonly next: Uint8Array | undefined
}

/** Entries below a folder whose names fit. */
export interface FindAsked extends EntryAsked {
  /** Who asks: nobody has all walks to himself. */
  readonly asker: string
  /** In the syntax of restic's patterns, for one name. */
  readonly pattern: string
  readonly limit: number
  /** The whole path of the entry behind which it goes on, in the order of the search. */
  readonly after?: Uint8Array | undefined
  /** So many of those that fit are passed over there. */
  readonly skip: number
  readonly reach: Reach
}

export interface Found {
  readonly entries: readonly EntryRow[]
  /** The last of them, where there are more. */
  readonly next: Uint8Array | undefined
  /** How many entries were looked at: up to the last of those that were found, where there are more. */
  readonly looked: number
}

/** An entry as one recovery point has it. */
export interface Version {
  readonly entry: EntryRow
  /** The same for the same content, and size. */
  readonly content: string
}

/** All that is restored with these paths. */
export interface SumAsked {
  /** As of a search. */
  readonly asker: string
  readonly snapshotId: string
  readonly paths: readonly Uint8Array[]
  /** How many paths of files are wanted. */
  readonly mostFiles: number
}

export interface Sums {
  readonly files: number
  readonly folders: number
  readonly bytes: number
  /** The whole paths of the first files. */
  readonly first: readonly Uint8Array[]
}

/** What an entry is called, and what it would be as a download. */
export interface EntryFacts {
  /** Raw; empty for the root. */
  readonly name: Uint8Array
  /** `other`: it has no content. */
  readonly type: 'file' | 'folder' | 'other'
  /** Bytes; of a file. */
  readonly size: bigint
}

/** The content of a file, or a folder as a tar archive, as a stream of this number. */
export interface StreamAsked extends EntryAsked {
  readonly stream: number
}

/** What a reader can be asked for, and what it answers. */
export interface ReaderRequests {
  readonly list: { readonly asked: ListAsked; readonly answer: FolderPage }
  readonly find: { readonly asked: FindAsked; readonly answer: Found }
  /** Undefined for the root. */
  readonly version: { readonly asked: EntryAsked; readonly answer: Version | undefined }
  readonly sum: { readonly asked: SumAsked; readonly answer: Sums }
  readonly facts: { readonly asked: EntryAsked; readonly answer: EntryFacts }
  readonly stream: { readonly asked: StreamAsked; readonly answer: void }
  /** The next bytes of a stream; undefined: that was all. */
  readonly take: { readonly asked: { readonly stream: number }; readonly answer: Uint8Array | undefined }
}

export type RequestKind = keyof ReaderRequests

export type ToReader =
  | {
      readonly type: 'ask'
      readonly number: number
      readonly kind: RequestKind
      readonly asked: ReaderRequests[RequestKind]['asked']
    }
  /** Nobody waits for the answer any more. */
  | { readonly type: 'cancel'; readonly number: number }
  /** Nobody wants more of a stream. */
  | { readonly type: 'close'; readonly stream: number }
  /** What is stored in the vault has changed. */
  | { readonly type: 'renew' }
  /** The last message. */
  | { readonly type: 'end' }

export type FromReader =
  | { readonly type: 'answer'; readonly number: number; readonly answer: unknown }
  | { readonly type: 'failed'; readonly number: number; readonly error: CarriedError }
