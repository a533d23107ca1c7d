import { parentPort, workerData } from 'node:worker_threads'

import { serveJobs, stopTest } from '../../base/index.ts'
import { attachBlobIndex, createBlobReader } from '../../repository/index.ts'
import { createTreeMarker } from '../reading/tree-marker.ts'
import { markerOfUse } from './mark-blob.ts'
import type { MarkJobs, MarkWorkerData } from './messages.ts'

if (!parentPort) throw new Error('mark-worker is started as a worker thread')
const { masterKey, index: shared, marks, stopped } = workerData as MarkWorkerData
const index = attachBlobIndex(shared)
const mark = markerOfUse(index, new Uint8Array(marks))
const marker = createTreeMarker(index, createBlobReader(masterKey, shared), mark, stopTest(stopped))

serveJobs<MarkJobs>(parentPort, { jobs: { trees: (job) => marker.mark(job) } })
