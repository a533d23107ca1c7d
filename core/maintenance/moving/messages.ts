import type { Stopped } from '../../base/index.ts'
import type { MasterKey, SharedBlobIndex, SharedPipeline } from '../../repository/index.ts'
import type { PackBytes } from '../reading/pack-loader.ts'

/**
 * What becomes of blobs on their way.
 *
 * - `keep`: they stay as they are sealed.
 * - `compress`: the same, but what is not compressed is to be, whether that makes it shorter or not.
 * - `reseal`: they are sealed with the key of another repository, unless that has them; what is not compressed is to be.
 * - `prove`: they stay where they are, and are read and proved alone.
 */
export type MoveManner = 'keep' | 'compress' | 'reseal' | 'prove'

/** What a thread is started with that moves blobs to new packs. */
export interface MoveWorkerData {
  /** Of the repository that they come from. */
  readonly masterKey: MasterKey
  /** Where blobs lie so far. */
  readonly index: SharedBlobIndex
  /** Where new packs are made. */
  readonly pipeline: SharedPipeline
  readonly manner: MoveManner
  readonly stopped: Stopped
}

/** Blobs of one pack to be moved: entries of the index, within the bytes. */
export interface MoveJob extends PackBytes {
  readonly entries: Uint32Array
}

export interface Moved {
  /** Those that the other repository had already are not counted. */
  readonly blobs: number
  /** Entries of blobs that are damaged, and what is wrong with the first. They are not moved. */
  readonly damaged: Uint32Array
  readonly firstReason: string
}

export interface MoveJobs {
  readonly move: { readonly job: MoveJob; readonly answer: Moved }
}
