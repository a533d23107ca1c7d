import type { CarriedError } from '../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../repository/index.ts'
import type { FileTable } from './file-table.ts'

/** What a restore worker is started with. */
export interface RestoreWorkerData {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  readonly target: Uint8Array
  /** Runs of zeros are left out of new files. */
  readonly sparse: boolean
  /** One word: bytes written so far by all workers, in a Float64 each. */
  readonly written: SharedArrayBuffer
  readonly worker: number
  /** One Int32: not 0 once no more work is wanted. */
  readonly stopped: SharedArrayBuffer
}

/** A set of files begins: what the workers need of all of them. */
export interface SetMessage {
  readonly type: 'set'
  /** Paths of the folders below the target, by number. */
  readonly folders: readonly Uint8Array[]
  /** See `file-states.ts`. */
  readonly states: SharedArrayBuffer
}

/** Blobs of one pack, to be written into files. */
export interface PackJob {
  readonly type: 'pack'
  readonly job: number
  /** Sealed blobs. */
  readonly bytes: SharedArrayBuffer
  /** Rows of `ROW` numbers, see `COLUMN`; in the order of their offset. */
  readonly rows: Float64Array
  /** 32 bytes a row. */
  readonly ids: Uint8Array
  /** The files that the rows name. */
  readonly files: FileTable
  /** Files that need no blob and only want their metadata. */
  readonly finish: Uint32Array
}

/** A row: where the sealed blob begins in `bytes`, how long it is, and where its plain bytes belong. */
export const COLUMN = { offset: 0, length: 1, uncompressedLength: 2, file: 3, position: 4 } as const
export const ROW = 5

/** Compares a file that is there already with what it should be. */
export interface CompareJob {
  readonly type: 'compare'
  readonly job: number
  readonly folder: Uint8Array
  readonly name: Uint8Array
  /** 32 bytes a blob, and the length of each. */
  readonly content: Uint8Array
  readonly lengths: Float64Array
  /** Bytes. */
  readonly size: number
  /** Gives it the right size, so that only blobs are left to be written. */
  readonly resize: boolean
}

/** The last message: the worker ends. */
export interface StopMessage {
  readonly type: 'stop'
}

export type ToRestoreWorker = SetMessage | PackJob | CompareJob | StopMessage

/** Something that was not restored as it was. */
export interface Problem {
  /** `file`: its content is not what it was. Anything else names the part of its metadata that is not. */
  readonly part: 'file' | 'owner' | 'attributes' | 'mode' | 'times'
  readonly path: Uint8Array
  readonly reason: string
}

export interface JobDone {
  readonly type: 'done'
  readonly job: number
  readonly problems: readonly Problem[]
  /** For `pack`: rows whose blob is damaged and was not written. */
  readonly damaged?: readonly number[] | undefined
  /** For `compare`: 1 for each blob that is right already; undefined for a file that may not be written. */
  readonly same?: Uint8Array | undefined
}

export type FromRestoreWorker = JobDone | { readonly type: 'failed'; readonly error: CarriedError }
