import type { CarriedError } from '../base/index.ts'
import type { PackMessage, SharedPipeline, WriteCounts } from '../repository/index.ts'
import type { SelectionOptions } from '../selection/index.ts'
import type { FolderAddress, ReaderDescriptor } from '../source/index.ts'

/** What an archive worker is told of a run. */
export interface ArchiveWorkerData {
  readonly pipeline: SharedPipeline
  /** This worker's number, from 0. */
  readonly worker: number
  readonly reader: ReaderDescriptor
  readonly selection: SelectionOptions
  readonly detection: ChangeDetection
  /** One row of figures a worker; see `figures.ts`. */
  readonly figures: SharedArrayBuffer
  /** Which workers are idle; see `idlers.ts`. */
  readonly idleWords: SharedArrayBuffer
}

/** What a worker stored, told at its end. */
export type WorkerReport = WriteCounts

/** What makes a file count as unchanged since the parent snapshot, beside its type, size and modification time. */
export interface ChangeDetection {
  readonly ctime: boolean
  readonly inode: boolean
}

/** Work for a worker. Every task is answered by one `Done`. */
export type Task = EntriesTask | FolderTask

/** A `FolderPlace` for another thread. */
export interface SentPlace {
  readonly address: FolderAddress
  readonly rootDevice: bigint
}

/** Archives some entries of a folder. */
export interface EntriesTask {
  readonly type: 'entries'
  readonly token: number
  readonly folder: SentPlace
  /** Names in raw-byte order, each ended by a NUL. Undefined: all that are in the folder. */
  readonly names: Uint8Array | undefined
  /** The tree that the parent snapshot has for this folder. */
  readonly parent: SentParent | undefined
}

export interface SentParent {
  readonly id: Uint8Array
  /** Its bytes, where they are so many that not every worker should read them for itself. */
  readonly plain: SharedArrayBuffer | undefined
}

/** Stores the tree of nodes that are archived already. */
export interface FolderTask {
  readonly type: 'folder'
  readonly token: number
  /** Encoded nodes in order, as `Done` brings them. */
  readonly nodes: readonly Uint8Array[]
  /** The folder that the tree belongs to: the answer is its node. Without one the answer is the tree's id. */
  readonly of: { readonly path: Uint8Array; readonly name: Uint8Array } | undefined
}

/** To a worker. */
export type ToWorker =
  | { readonly type: 'task'; readonly task: Task }
  | { readonly type: 'done'; readonly done: Done }
  | { readonly type: 'pack'; readonly pack: number; readonly bytes: SharedArrayBuffer | undefined }
  | { readonly type: 'finish' }

/** The answer to a task. */
export interface Done {
  readonly token: number
  /** Encoded nodes, separated by commas; for a task without `of` the 32 bytes of a tree's id. */
  readonly result: Uint8Array<ArrayBuffer> | TooLarge
}

/** Why the nodes of shared entries are not here: they alone are more than a tree can hold. */
export interface TooLarge {
  readonly tooLarge: string
}

const LARGE_RESULT = 1024 * 1024

/** What changes hands with a message instead of being copied: half a folder of a million files has 150 MB. */
export function transferOf({ result }: Done): ArrayBuffer[] {
  return result instanceof Uint8Array && result.length > LARGE_RESULT ? [result.buffer] : []
}

/** To the main thread. */
export type FromWorker =
  | PackMessage
  | { readonly type: 'done'; readonly done: Done }
  /** This worker has nothing to do. */
  | { readonly type: 'idle' }
  /** Part of a task's work for a worker that the sender has claimed. The answer comes back to the sender. */
  | { readonly type: 'share'; readonly to: number; readonly task: EntriesTask }
  /** Asks for a whole pack, which holds trees of the parent. */
  | { readonly type: 'load-pack'; readonly pack: number }
  | { readonly type: 'missed'; readonly missed: MissedFile }
  | { readonly type: 'finished'; readonly report: WorkerReport }
  | { readonly type: 'failed'; readonly error: CarriedError }

/** Something that should have been read and was not. */
export interface MissedFile {
  readonly path: Uint8Array
  /** `changed`: it was stored, but changed while it was read. `root-missing`: a root that was not there, or not mounted, when the run began. */
  readonly kind: 'unreadable' | 'root-missing' | 'changed' | 'name-not-utf8' | 'attributes' | 'too-large'
  /** The system's word for it, such as `EACCES`. */
  readonly reason: string
}
