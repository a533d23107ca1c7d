import { carryError, type Clock, CoreError, sleep } from '../../base/index.ts'
import type { Bandwidth } from '../../storage/index.ts'
import type { FromProcess, ToProcess } from './messages.ts'
import type { Order, OrderKind } from './order.ts'
import type { MissedEntry, Outcome, RunProgress, StepReport, StepState } from './report.ts'
import type { RunContext } from './run-context.ts'

/** The work of each kind of run. */
export type RunKinds = {
  readonly [K in OrderKind]: (order: Extract<Order, { kind: K }>, context: RunContext) => Promise<Outcome>
}

/** How a run process talks to the service. */
export interface ProcessPort {
  /** Resolves when it was sent, also where nobody is there any more. */
  send(message: FromProcess): Promise<void>
  onMessage(listener: (message: ToProcess) => void): void
  /** The service is gone, or wants this process gone. */
  onGone(listener: () => void): void
}

/** Why work was stopped: nothing went wrong. */
class RunStopped extends Error {
  override readonly name = 'RunStopped'
}

/** Progress is told at most so often. Milliseconds. */
const TOLD_EVERY = 500
/** Missed files are gathered to so many, and told at least so often. */
const GATHERED = 200
/** Where the service is gone: so long for leaving things clean (removing the lock). Milliseconds. */
const CLEAN_WITHIN = 20_000

/** Waits for an order, carries it out, and tells how it ended. */
export async function serveRun(port: ProcessPort, kinds: RunKinds, clock: Clock): Promise<void> {
  const stop = new AbortController()
  const bandwidth: Bandwidth = { bytesPerSecond: undefined }
  const fences: ((mayWrite: boolean) => void)[] = []
  const gone = new AbortController()
  const told = createTeller(port, clock)

  const order = await new Promise<Order | undefined>((resolve) => {
    port.onGone(() => {
      resolve(undefined)
      for (const answer of fences.splice(0)) answer(false)
      gone.abort()
      stop.abort(new RunStopped('The service is gone.'))
    })
    port.onMessage((message) => {
      if (message.type === 'begin') {
        bandwidth.bytesPerSecond = message.order.bytesPerSecond
        resolve(message.order)
      } else if (message.type === 'stop') stop.abort(new RunStopped('It was asked to stop.'))
      else if (message.type === 'limit') bandwidth.bytesPerSecond = message.bytesPerSecond
      else fences.shift()?.(message.mayWrite)
    })
    void port.send({ type: 'ready' })
  })
  if (order === undefined) return

  const context: RunContext = {
    signal: stop.signal,
    clock,
    bandwidth,
    progress: told.progress,
    step: createSteps(told.step),
    log: (line) => void port.send({ type: 'log', line }),
    missed: told.missed,
    bypasses: () => port.send({ type: 'bypasses' }),
    async mayWrite() {
      stop.signal.throwIfAborted()
      const answer = new Promise<boolean>((resolve) => void fences.push(resolve))
      await port.send({ type: 'may-write' })
      if (!(await answer)) throw notTheAttempt()
    },
  }
  const work = carryOut(order, kinds, context, stop.signal)
  // Whoever is gone is waited for by nobody: what does not end in time is ended with the process.
  const ended = await Promise.race([work, goneFor(gone.signal)])
  await told.flush()
  if (ended !== undefined) await port.send(ended)
}

async function carryOut(order: Order, kinds: RunKinds, context: RunContext, signal: AbortSignal): Promise<FromProcess> {
  const work = kinds[order.kind] as (order: Order, context: RunContext) => Promise<Outcome>
  try {
    return { type: 'done', outcome: await work(order, context) }
  } catch (error) {
    if (signal.aborted) return { type: 'stopped' }
    return { type: 'failed', error: carryError(error) }
  }
}

async function goneFor(gone: AbortSignal): Promise<undefined> {
  await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }))
  await sleep(CLEAN_WITHIN)
  return undefined
}

function notTheAttempt(): CoreError {
  return new CoreError('service/unavailable', 'This attempt may not store its recovery point any more.', {
    safety: 'No recovery point was made by it. What was stored so far is not stored again.',
    remedy: 'Look at the runs of the backup set: another attempt has taken over, or the run was stopped.',
  })
}

interface Teller {
  readonly progress: (progress: RunProgress) => void
  readonly missed: (entry: MissedEntry) => void
  readonly step: (step: StepReport) => void
  flush(): Promise<void>
}

function createTeller(port: ProcessPort, clock: Clock): Teller {
  let last = Number.NEGATIVE_INFINITY
  let held: RunProgress | undefined
  let gathered: MissedEntry[] = []

  function tellMissed(): Promise<void> {
    const entries = gathered
    gathered = []
    return entries.length === 0 ? Promise.resolve() : port.send({ type: 'missed', entries })
  }

  function tellProgress(): Promise<void> {
    const progress = held
    held = undefined
    return progress === undefined ? Promise.resolve() : port.send({ type: 'progress', progress })
  }

  return {
    progress(progress) {
      held = progress
      const now = clock.monotonic()
      if (now - last < TOLD_EVERY) return
      last = now
      void tellProgress()
      void tellMissed()
    },
    missed(entry) {
      gathered.push(entry)
      if (gathered.length >= GATHERED) void tellMissed()
    },
    step(step) {
      void tellProgress()
      void port.send({ type: 'step', step })
    },
    async flush() {
      await tellMissed()
      await tellProgress()
    },
  }
}

/** Steps get numbers from 1 on; the one that is open is the parent of those that begin in it. */
function createSteps(tell: (step: StepReport) => void): RunContext['step'] {
  let count = 0
  const open: number[] = []
  return async (name, work) => {
    const id = ++count
    const parent = open.at(-1) ?? null
    open.push(id)
    const say = (state: StepState): void => tell({ id, parent, name, state })
    say('running')
    try {
      const result = await work()
      say('done')
      return result
    } catch (error) {
      say(error instanceof RunStopped ? 'stopped' : 'failed')
      throw error
    } finally {
      open.splice(open.indexOf(id), 1)
    }
  }
}
