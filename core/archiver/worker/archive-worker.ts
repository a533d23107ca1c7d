import { parentPort, workerData } from 'node:worker_threads'

import { openSystemCalls } from '../../file-system/index.ts'
import { joinWaitingThreads, type WaitingBell } from '../../repository/index.ts'
import type { ArchiveWorkerData } from '../messages.ts'

if (!parentPort) throw new Error('archive-worker is started as a worker thread')
const waiting = joinWaitingThreads(parentPort, workerData as WaitingBell, (memory) =>
  openSystemCalls()?.useLargePages(memory),
)
// Everybody waits for the key. All that the work itself needs is loaded later, while the main thread reads the index.
waiting.help()
const { archiveWork } = await import('./archive-work.ts')
archiveWork(parentPort, waiting.awaitBegin() as ArchiveWorkerData)
