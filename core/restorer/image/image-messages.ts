import type { Stopped } from '../../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../../repository/index.ts'
import type { DiskLayout } from '../../snapshot/index.ts'
import type { PackJob } from '../messages.ts'

/** What a thread that restores a disk is started with. */
export interface ImageRestoreWorkerData {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  readonly layout: DiskLayout
  /** Of the target, open in this process. */
  readonly descriptor: number
  readonly isDevice: boolean
  readonly stopped: Stopped
}

/** What these threads do. In a `PackJob` extents stand for files. */
export interface ImageRestoreJobs {
  /** Answered with the rows whose blobs are damaged. */
  readonly pack: { readonly job: PackJob; readonly answer: readonly number[] }
  /** Has a run of the target read as zeros. Bytes. */
  readonly zeros: { readonly job: { readonly offset: number; readonly length: number }; readonly answer: void }
  /** Reads blocks of the target again, which is flushed. Answered with those that are not what has these ids, of 32 bytes each. */
  readonly verify: {
    readonly job: { readonly blocks: Uint32Array; readonly ids: Uint8Array }
    readonly answer: { readonly others: readonly number[]; readonly isPastCache: boolean }
  }
}
