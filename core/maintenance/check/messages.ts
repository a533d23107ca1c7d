import type { Stopped } from '../../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../../repository/index.ts'
import type { Finding } from './finding.ts'

/** What a check worker is started with. */
export interface CheckWorkerData {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  /** See `blob-states.ts`. */
  readonly flags: SharedArrayBuffer
  readonly stopped: Stopped
}

/** A run of a pack's bytes. */
export interface PackBytes {
  readonly bytes: SharedArrayBuffer
  /** Bytes in use, from its start. */
  readonly length: number
  /** Where in the pack they begin. */
  readonly offset: number
}

/** Trees that lie in one pack, to be read, and those below them as far as they lie in the same bytes. */
export interface TreesJob extends PackBytes {
  readonly pack: number
  readonly entries: Uint32Array
}

/** A whole pack to be proved. */
export interface PackJob extends PackBytes {
  readonly id: Uint8Array
  /** What the indexes list in it, in the order of offsets. Empty for a pack that is in none: then its header tells. */
  readonly entries: Uint32Array
  readonly isListed: boolean
}

export interface UnreadableTree {
  readonly entry: number
  readonly reason: string
}

export interface TreesDone {
  /** Trees read. */
  readonly trees: number
  /** Trees found below those, that nobody has visited yet and that lie elsewhere. */
  readonly elsewhere: Uint32Array
  /** Copies of trees that cannot be read. */
  readonly unreadable: readonly UnreadableTree[]
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
