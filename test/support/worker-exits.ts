import type { Worker } from 'node:worker_threads'

/** The exit codes of all threads that are started by `work` and have ended when it resolves. */
export async function collectExits(work: () => Promise<void>): Promise<number[]> {
  const codes: number[] = []
  const watch = (worker: Worker): void => {
    worker.once('exit', (code) => codes.push(code))
  }
  process.on('worker', watch)
  try {
    await work()
    return codes
  } finally {
    process.off('worker', watch)
  }
}
