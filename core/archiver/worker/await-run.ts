import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

import { mixLanes } from '../../repository/index.ts'
import type { WaitingWorkerData } from '../archive-threads.ts'
import type { ArchiveWorkerData, FromWorker, ToWaitingWorker } from '../messages.ts'

/**
 * Waits, in a worker, to be told of a run, and helps to derive the repository's key meanwhile. Where there is to be no run
 * it ends the thread. `warmUp` is called while the main thread has its own to do.
 */
export function awaitRun(port: MessagePort, rung: WaitingWorkerData, warmUp: () => void): ArchiveWorkerData {
  const word = new Int32Array(rung)
  for (;;) {
    const heard = Atomics.load(word, 0)
    const message = receiveMessageOnPort(port)?.message as ToWaitingWorker | undefined
    if (message?.type === 'begin') return message.data
    if (message?.type === 'end') process.exit()
    if (message) {
      port.postMessage({ type: 'mixed', isMixed: tryToMix(message) } satisfies FromWorker)
      warmUp()
    } else Atomics.wait(word, 0, heard)
  }
}

/** There may be no memory for the table. Whoever asked has another way then. */
function tryToMix({ lanes }: Extract<ToWaitingWorker, { type: 'mix' }>): boolean {
  try {
    mixLanes(lanes)
    return true
  } catch {
    return false
  }
}
