import { parentPort, workerData } from 'node:worker_threads'

import { carryError } from '../../base/index.ts'
import { attachBlobIndex, createBlobReader, createSealer } from '../../repository/index.ts'
import type { CheckWorkerData, FromCheckWorker, ToCheckWorker } from './messages.ts'
import { createPackProver } from './pack-prover.ts'
import { createTreeInspector } from './tree-inspector.ts'

if (!parentPort) throw new Error('check-worker is started as a worker thread')
const port = parentPort
const { masterKey, index: shared, flags, stopped } = workerData as CheckWorkerData
const stop = new Int32Array(stopped)
const isStopped = (): boolean => Atomics.load(stop, 0) !== 0
const index = attachBlobIndex(shared)
const reader = createBlobReader(masterKey, shared)
const trees = createTreeInspector(index, reader, flags, isStopped)
const packs = createPackProver(index, reader, createSealer(masterKey), isStopped)
const post = (message: FromCheckWorker): void => port.postMessage(message)

port.on('message', (message: ToCheckWorker) => {
  if (message.type === 'stop') {
    port.close()
    return
  }
  const { job } = message
  try {
    post({ job, done: message.type === 'trees' ? trees.inspect(message) : packs.prove(message) })
  } catch (error) {
    post({ job, error: carryError(error) })
  }
})
