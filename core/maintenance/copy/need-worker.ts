import { parentPort, workerData } from 'node:worker_threads'

import { serveJobs, stopTest } from '../../base/index.ts'
import { attachBlobIndex, createBlobReader } from '../../repository/index.ts'
import { createTreeMarker } from '../reading/tree-marker.ts'
import { markerOfNeed, type Wanted } from './mark-blob.ts'
import type { NeedJobs, NeedWorkerData } from './messages.ts'

if (!parentPort) throw new Error('need-worker is started as a worker thread')
const data = workerData as NeedWorkerData
const source = attachBlobIndex(data.source)
const wanted: Wanted = { blobs: 0, bytes: 0 }
const mark = markerOfNeed(source, attachBlobIndex(data.destination), new Uint8Array(data.marks), wanted)
const marker = createTreeMarker(source, createBlobReader(data.masterKey, data.source), mark, stopTest(data.stopped))

serveJobs<NeedJobs>(parentPort, {
  jobs: {
    trees(job) {
      wanted.blobs = 0
      wanted.bytes = 0
      return { ...marker.mark(job), wanted: { ...wanted } }
    },
  },
})
