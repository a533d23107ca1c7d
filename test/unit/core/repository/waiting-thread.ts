import { parentPort, workerData } from 'node:worker_threads'

import { joinWaitingThreads, type WaitingBell } from '../../../../core/repository/index.ts'

/** What the thread of the tests is started with: when it dies. */
export interface WaitingThreadData {
  readonly bell: WaitingBell
  readonly diesWhen: 'loading' | 'mixing' | 'never'
}

const { bell, diesWhen } = (workerData ?? {}) as WaitingThreadData
if (parentPort) {
  if (diesWhen === 'loading') throw new Error('it cannot be loaded')
  const waiting = joinWaitingThreads(parentPort, bell, () => {
    if (diesWhen === 'mixing') process.exit(3)
  })
  waiting.help()
  parentPort.postMessage(waiting.awaitBegin())
}
