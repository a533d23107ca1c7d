import type { Stopped } from '../../base/index.ts'
import type { MasterKey, SharedBlobIndex } from '../../repository/index.ts'
import type { TreesJob } from '../reading/tree-job.ts'
import type { TreesNeeded } from './tree-needs.ts'

/** What a thread is started with that lists what trees need. */
export interface NeedsWorkerData {
  readonly masterKey: MasterKey
  readonly index: SharedBlobIndex
  readonly listed: number
  readonly claimed: SharedArrayBuffer
  readonly ranks: SharedArrayBuffer
  readonly stopped: Stopped
}

export interface NeedsJobs {
  readonly trees: { readonly job: TreesJob; readonly answer: TreesNeeded }
}
