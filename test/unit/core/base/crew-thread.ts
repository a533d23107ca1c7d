import { parentPort, workerData } from 'node:worker_threads'

import { CoreError, createSayer, serveJobs, stopTest } from '../../../../core/base/index.ts'

/** What the thread of the tests does. */
export interface TestJobs {
  readonly add: { readonly job: { readonly left: number; readonly right: number }; readonly answer: number }
  readonly heard: { readonly job: object; readonly answer: readonly string[] }
  readonly fail: { readonly job: object; readonly answer: never }
  /** Waits until it is woken, or nothing is wanted any more. Answers whether that is so. */
  readonly wait: { readonly job: { readonly word: SharedArrayBuffer }; readonly answer: boolean }
  /** Is done once somebody else has asked for it. */
  readonly later: { readonly job: { readonly word: SharedArrayBuffer }; readonly answer: string }
  readonly say: { readonly job: { readonly message: unknown }; readonly answer: void }
  readonly leave: { readonly job: { readonly code: number }; readonly answer: never }
}

const heard: string[] = []
if (parentPort) {
  const port = parentPort
  const say = createSayer(port)
  const isStopped = stopTest(workerData as SharedArrayBuffer)
  serveJobs<TestJobs, string>(port, {
    jobs: {
      add: ({ left, right }) => left + right,
      heard: () => heard,
      fail: () => {
        throw new CoreError('repository/damaged', 'it is damaged', { remedy: 'mend it' })
      },
      wait: ({ word }) => {
        const words = new Int32Array(word)
        Atomics.add(words, 1, 1)
        Atomics.notify(words, 1)
        while (Atomics.load(words, 0) === 0 && !isStopped()) Atomics.wait(words, 0, 0, 5)
        return isStopped()
      },
      async later({ word }) {
        const words = new Int32Array(word)
        while (Atomics.load(words, 0) === 0) await new Promise((resolve) => setTimeout(resolve, 2))
        if (Atomics.load(words, 0) === 2) throw new CoreError('target/full', 'it found no room later')
        return 'later'
      },
      say: ({ message }) => say(message),
      leave: ({ code }) => process.exit(code),
    },
    hear(news) {
      if (news === 'break') throw new CoreError('internal/defect', 'it does not want to hear that')
      heard.push(news)
    },
    end() {
      if (heard.includes('do not end')) throw new CoreError('target/full', 'it cannot end')
    },
  })
}
