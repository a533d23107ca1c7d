import type { Stopped } from '../../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../../repository/index.ts'
import type { TreesJob } from '../reading/tree-job.ts'
import type { TreesMarked } from '../reading/tree-marker.ts'
import type { Wanted } from './mark-blob.ts'

/** What a thread is started with that finds what a copy needs. */
export interface NeedWorkerData {
  /** Of the source. */
  readonly masterKey: MasterKey
  readonly source: SharedBlobIndex
  readonly destination: SharedBlobIndex
  /** One byte an entry of the source's index: `STATE`s. */
  readonly marks: SharedArrayBuffer
  readonly stopped: Stopped
}

export interface NeedFound extends TreesMarked {
  /** Found in this job. */
  readonly wanted: Readonly<Wanted>
}

export interface NeedJobs {
  readonly trees: { readonly job: TreesJob; readonly answer: NeedFound }
}
