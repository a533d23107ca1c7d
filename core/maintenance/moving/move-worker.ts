import { parentPort, workerData } from 'node:worker_threads'

import { createSayer, serveJobs } from '../../base/index.ts'
import { createBell } from '../../repository/index.ts'
import { createBlobMover } from './blob-mover.ts'
import type { MoveJobs, MoveWorkerData } from './messages.ts'

if (!parentPort) throw new Error('move-worker is started as a worker thread')
const data = workerData as MoveWorkerData
const bell = createBell(new Int32Array(data.pipeline.control))
const mover = createBlobMover(data, bell, createSayer(parentPort))

serveJobs<MoveJobs>(parentPort, {
  jobs: { move: (job) => mover.move(job) },
  end: () => mover.flush(),
})
