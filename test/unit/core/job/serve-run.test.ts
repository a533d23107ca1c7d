import { describe, expect, it } from 'vitest'

import type { FromProcess, ToProcess } from '../../../../core/job/process/messages.ts'
import type { Order } from '../../../../core/job/process/order.ts'
import type { RunProgress } from '../../../../core/job/process/report.ts'
import type { RunContext } from '../../../../core/job/process/run-context.ts'
import { type RunKinds, serveRun } from '../../../../core/job/process/serve-run.ts'
import { createFakeClock } from '../../../support/fake-clock.ts'

const ORDER = {
  kind: 'check',
  runId: 'run',
  attempt: 1,
  programVersion: 'holdfast test',
  vault: { id: 'vault', name: 'first', place: { kind: 'directory', path: '/nowhere' }, password: 'p' },
  bytesPerSecond: 1000,
  readData: false,
} as const satisfies Order

function progressAt(bytesDone: number): RunProgress {
  return {
    step: 'read',
    filesDone: 0,
    filesTotal: null,
    bytesDone,
    bytesTotal: 1_000_000,
    bytesStored: 0,
    bytesPerSecond: 1,
    secondsLeft: null,
    isEstimate: false,
  }
}

const nobodyHears = (): void => undefined

/** Has a process carry out a check that does `work`, and gives all that it tells. */
async function serve(
  work: (context: RunContext, tell: (message: ToProcess) => void) => Promise<void>,
  clock = createFakeClock(),
): Promise<FromProcess[]> {
  const told: FromProcess[] = []
  let hear: (message: ToProcess) => void = nobodyHears
  const kinds = {
    check: async (_order: Order, context: RunContext) => {
      await work(context, (message) => hear(message))
      return { ending: 'done', figures: {} }
    },
  } as unknown as RunKinds
  const port = {
    onMessage: (listener: (message: ToProcess) => void) => void (hear = listener),
    onGone: () => undefined,
    send(message: FromProcess) {
      told.push(message)
      if (message.type === 'ready') hear({ type: 'begin', order: ORDER })
      return Promise.resolve()
    },
  }
  await serveRun(port, kinds, clock)
  return told
}

describe('the process of a run', () => {
  it('tells its progress twice a second, however often there is some, and the last of it in any case', async () => {
    const clock = createFakeClock()
    const told = await serve((context) => {
      for (let at = 0; at <= 2300; at += 10) {
        context.progress(progressAt(at))
        clock.pass(10)
      }
      return Promise.resolve()
    }, clock)
    const seen = told.flatMap((message) => (message.type === 'progress' ? [message.progress.bytesDone] : []))
    expect(seen).toEqual([0, 500, 1000, 1500, 2000, 2300])
    expect(told.at(-1)).toMatchObject({ type: 'done' })
  })

  it('tells what it reached before a new part begins', async () => {
    const told = await serve(async (context) => {
      context.progress(progressAt(1))
      context.progress(progressAt(2))
      await context.step('compare', () => Promise.resolve())
    })
    const seen = told.map((message) => (message.type === 'progress' ? message.progress.bytesDone : message.type))
    expect(seen).toEqual(['ready', 1, 2, 'step', 'step', 'done'])
  })

  it('stores as fast as it was told last (GEN-16)', async () => {
    const limits: (number | undefined)[] = []
    await serve(({ bandwidth }, tell) => {
      limits.push(bandwidth.bytesPerSecond)
      tell({ type: 'limit', bytesPerSecond: 500 })
      limits.push(bandwidth.bytesPerSecond)
      tell({ type: 'limit', bytesPerSecond: undefined })
      limits.push(bandwidth.bytesPerSecond)
      return Promise.resolve()
    })
    expect(limits).toEqual([1000, 500, undefined])
  })
})
