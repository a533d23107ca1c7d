import { parentPort, workerData } from 'node:worker_threads'

import { serveJobs, stopTest } from '../../base/index.ts'
import { attachBlobIndex, createBlobReader, createSealer } from '../../repository/index.ts'
import type { CheckJobs, CheckWorkerData } from './messages.ts'
import { createPackProver } from './pack-prover.ts'
import { createTreeInspector } from './tree-inspector.ts'

if (!parentPort) throw new Error('check-worker is started as a worker thread')
const { masterKey, index: shared, flags, stopped } = workerData as CheckWorkerData
const isStopped = stopTest(stopped)
const index = attachBlobIndex(shared)
const reader = createBlobReader(masterKey, shared)
const trees = createTreeInspector(index, reader, flags, isStopped)
const packs = createPackProver(index, reader, createSealer(masterKey), isStopped)

serveJobs<CheckJobs>(parentPort, {
  jobs: { trees: (job) => trees.inspect(job), pack: (job) => packs.prove(job) },
})
