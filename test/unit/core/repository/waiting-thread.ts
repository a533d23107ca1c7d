import { parentPort, workerData } from 'node:worker_threads'

import { awaitBegin, type WaitingBell } from '../../../../core/repository/index.ts'

/** What the thread of the tests is started with: when it dies. */
export interface WaitingThreadData {
  readonly bell: WaitingBell
  readonly diesWhen: 'loading' | 'mixing' | 'never'
}

const { bell, diesWhen } = (workerData ?? {}) as WaitingThreadData
if (parentPort) {
  if (diesWhen === 'loading') throw new Error('it cannot be loaded')
  const given = awaitBegin(parentPort, bell, () => {
    if (diesWhen === 'mixing') throw new Error('it died of it')
  })
  parentPort.postMessage(given)
}
