import { parentPort, workerData } from 'node:worker_threads'

import { serveJobs, stopTest } from '../../base/index.ts'
import { attachBlobIndex, createBlobReader } from '../../repository/index.ts'
import type { NeedsJobs, NeedsWorkerData } from './messages.ts'
import { createTreeNeeds } from './tree-needs.ts'

if (!parentPort) throw new Error('tree-needs-worker is started as a worker thread')
const { masterKey, index, listed, claimed, ranks, stopped } = workerData as NeedsWorkerData
const needs = createTreeNeeds({
  index: attachBlobIndex(index),
  reader: createBlobReader(masterKey, index),
  claimed: new Uint8Array(claimed),
  ranks: new Uint8Array(ranks),
  listed,
  isStopped: stopTest(stopped),
})

serveJobs<NeedsJobs>(parentPort, { jobs: { trees: (job) => needs.list(job) } })
