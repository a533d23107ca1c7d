import type { Stopped } from '../../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../../repository/index.ts'
import type { PackBytes } from '../reading/pack-loader.ts'
import type { TreesJob, TreesRead } from '../reading/tree-job.ts'
import type { Finding } from './finding.ts'

/** What a check worker is started with. */
export interface CheckWorkerData {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  /** See `blob-states.ts`. */
  readonly flags: SharedArrayBuffer
  readonly stopped: Stopped
}

/** A whole pack to be proved. */
export interface PackJob extends PackBytes {
  readonly id: Uint8Array
  /** What the indexes list in it, in the order of offsets. Empty for a pack that is in none: then its header tells. */
  readonly entries: Uint32Array
  readonly isListed: boolean
}

/** What became of trees, and what was found in them. */
export interface TreesDone extends TreesRead {
  readonly findings: readonly Finding[]
  /** Whether something cannot be restored because of what was found. */
  readonly missesSome: boolean
}

export interface PackDone {
  readonly blobs: number
  /** What is wrong with the file as such: its name, its header. */
  readonly problems: readonly string[]
  /** Entries of damaged blobs. */
  readonly damaged: Uint32Array
  /** How many blobs are damaged, and what is wrong with the first. */
  readonly damagedCount: number
  readonly firstReason: string
}

/** What the threads of a check do. */
export interface CheckJobs {
  readonly trees: { readonly job: TreesJob; readonly answer: TreesDone }
  readonly pack: { readonly job: PackJob; readonly answer: PackDone }
}
