import { carryError, type CoreError } from '../../core/base/index.ts'
import type { Executor, Order, Task, TaskListener } from '../../core/job/index.ts'

type Message = Parameters<TaskListener['onMessage']>[0]
type Outcome = Extract<Message, { type: 'done' }>['outcome']

/** An attempt that a test carries out. */
export interface FakeTask {
  readonly order: Order
  /** What it was told, in this order. */
  readonly told: ('stop' | 'kill')[]
  /** How fast it may be, as it was told from the beginning on. */
  readonly limits: (number | undefined)[]
  tell(message: Message): void
  /** Asks at the fence. */
  mayWrite(): Promise<boolean>
  done(outcome?: Partial<Outcome>): void
  fail(error: CoreError): void
  stopped(): void
  /** Its process ends without a word. */
  end(reason?: string): void
}

/** An executor that a test stops and starts, and whose tasks it ends as it likes. */
export interface FakeExecutor extends Executor {
  readonly tasks: readonly FakeTask[]
  /** Called with each attempt that begins. Default: the test ends it when it likes. */
  onTask: (task: FakeTask) => void
  connect(isConnected: boolean): void
}

export interface FakeExecutorOptions {
  readonly id?: string
  readonly version?: string
  readonly process?: Task['process']
}

export function createFakeExecutor({
  id = 'local',
  version = '8.0.0',
  process,
}: FakeExecutorOptions = {}): FakeExecutor {
  const tasks: FakeTask[] = []
  const listeners: (() => void)[] = []
  let isConnected = true
  const executor: FakeExecutor = {
    id,
    version,
    tasks,
    onTask: () => undefined,
    get isConnected() {
      return isConnected
    },
    connect(is) {
      isConnected = is
      for (const listener of listeners) listener()
    },
    onChange: (listener) => void listeners.push(listener),
    start(order, listener) {
      const fences: ((mayWrite: boolean) => void)[] = []
      let hasEnded = false
      const end = (reason: string): void => {
        if (hasEnded) return
        hasEnded = true
        listener.onEnd(reason)
      }
      const saying = (message: Message): void => {
        listener.onMessage(message)
        end('its process ended with 0')
      }
      const task: FakeTask = {
        order,
        told: [],
        limits: [order.bytesPerSecond],
        tell: (message) => listener.onMessage(message),
        mayWrite() {
          const answer = new Promise<boolean>((resolve) => void fences.push(resolve))
          listener.onMessage({ type: 'may-write' })
          return answer
        },
        done: (outcome = {}) => saying({ type: 'done', outcome: { ending: 'done', figures: {}, ...outcome } }),
        fail: (error) => saying({ type: 'failed', error: carryError(error) }),
        stopped: () => saying({ type: 'stopped' }),
        end: (reason = 'its process was ended by SIGKILL') => end(reason),
      }
      tasks.push(task)
      // As with a real one: it is known to whoever started it before it says anything.
      setImmediate(() => executor.onTask(task))
      return {
        process,
        stop: () => void task.told.push('stop'),
        kill() {
          task.told.push('kill')
          end('its process was ended by SIGKILL')
        },
        limit: (bytesPerSecond) => void task.limits.push(bytesPerSecond),
        fence: (mayWrite) => fences.shift()?.(mayWrite),
      }
    },
  }
  return executor
}
