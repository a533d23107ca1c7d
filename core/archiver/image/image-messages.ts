import type { Stopped } from '../../base/index.ts'
import type { BlobType, SharedPipeline, WriteCounts } from '../../repository/index.ts'
import type { DiskLayout } from '../../snapshot/index.ts'

/** What a thread that stores blocks is started with. */
export interface ImageWorkerData {
  readonly pipeline: SharedPipeline
  readonly path: Uint8Array
  /** Of the disk, open in this process. */
  readonly descriptor: number
  readonly layout: DiskLayout
  readonly stopped: Stopped
}

/** What these threads do. Ids have 32 bytes each. */
export interface ImageJobs {
  /** Reads blocks, by their numbers in the disk, and stores them. Answered with their ids. */
  readonly blocks: { readonly job: { readonly blocks: Uint32Array }; readonly answer: Uint8Array }
  /** Stores a blob. Answered with its id. */
  readonly save: { readonly job: { readonly type: BlobType; readonly plain: Uint8Array }; readonly answer: Uint8Array }
}

/** What each says last. */
export type ImageWorkerLast = WriteCounts
