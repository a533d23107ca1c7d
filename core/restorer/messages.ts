import type { Stopped } from '../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../repository/index.ts'
import type { SharedEntryList } from './entry-list.ts'
import type { Naming } from './overwrite.ts'

/** What a restore worker is started with. */
export interface RestoreWorkerData {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  /** Leads to the folder that is open already, not to what has its name by now. */
  readonly target: Uint8Array
  /** Runs of zeros are left out of new files. */
  readonly sparse: boolean
  readonly naming: Naming
  /** See `partName`. */
  readonly partMark: string
  /** Counters; see `tally.ts`. */
  readonly tally: SharedArrayBuffer
  readonly worker: number
  readonly stopped: Stopped
}

/** A set begins: what the workers need of all of it. */
export interface SetBegin {
  /** Paths of the folders below the target, by number. */
  readonly folders: readonly Uint8Array[]
  readonly files: SharedEntryList
  /** See `file-states.ts`. */
  readonly states: SharedArrayBuffer
}

/** Blobs of one pack, to be written into files. */
export interface PackJob {
  /** A run of the pack, and where in the pack it begins. */
  readonly bytes: SharedArrayBuffer
  readonly offset: number
  /** Of each row: the blob's entry in the index, the file that it belongs to, and where in that. See `PackRead`. */
  readonly entries: Uint32Array
  readonly files: Uint32Array
  readonly positions: Float64Array
}

export interface PackDone {
  readonly problems: readonly Problem[]
  /** Rows whose blob is damaged and was not written. */
  readonly damaged: readonly number[]
}

/** Files that need no blob and only want their metadata. */
export interface FinishJob {
  readonly files: Uint32Array
}

/** Compares a file that is there already with what it should be. */
export interface CompareJob {
  readonly file: number
  /** Its blobs' entries in the index. */
  readonly entries: Uint32Array
  /** `mend`: it gets the right length, so that only blobs are left to be written. `verify`: its metadata does not matter. */
  readonly purpose: 'mend' | 'verify'
}

/** What is right already of a file that is there. */
export interface Compared {
  /** 1 for each blob that is. */
  readonly blobs: Uint8Array
  /** Nothing is left to be done. */
  readonly isWhole: boolean
  /** It may be written where it is: no other name leads to it, and nothing forbids it. */
  readonly isWritable: boolean
  /** Why it cannot be read, where that is so. */
  readonly unreadable?: string | undefined
}

/** What the threads of a restore do. */
export interface RestoreJobs {
  readonly pack: { readonly job: PackJob; readonly answer: PackDone }
  readonly finish: { readonly job: FinishJob; readonly answer: readonly Problem[] }
  /** Answered with undefined where no file is there. */
  readonly compare: { readonly job: CompareJob; readonly answer: Compared | undefined }
}

/** Something that was not restored as it was. */
export interface Problem {
  /**
   * `file`: it is not what it was, or not there. `size`: its content is what was read, and the snapshot says another size.
   * Anything else names the part of its metadata that is not what it was.
   */
  readonly part: 'file' | 'size' | 'owner' | 'attributes' | 'mode' | 'times'
  readonly path: Uint8Array
  readonly reason: string
}
