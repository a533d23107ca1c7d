import type { Stopped } from '../../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../../repository/index.ts'
import type { TreesJob } from '../reading/tree-job.ts'
import type { TreesMarked } from '../reading/tree-marker.ts'

/** What a thread is started with that marks what trees need. */
export interface MarkWorkerData {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  /** One byte an entry of the index: `MARK`s. */
  readonly marks: SharedArrayBuffer
  readonly stopped: Stopped
}

export interface MarkJobs {
  readonly trees: { readonly job: TreesJob; readonly answer: TreesMarked }
}
