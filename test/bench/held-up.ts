import { monitorEventLoopDelay } from 'node:perf_hooks'

/** What a piece of work in this process took, and what it cost everybody else in it. */
export interface HeldUp<T> {
  readonly result: T
  /** Milliseconds. */
  readonly wall: number
  /** Milliseconds: the longest that the event loop was held up while it went on. */
  readonly held: number
  /** Milliseconds that this thread itself worked meanwhile: where the machine is busy the loop is held up for longer than that. */
  readonly worked: number
}

/** The timer that looks at the event loop comes each millisecond. */
const RESOLUTION = 1

/** Does `work`, and looks at the event loop of this process meanwhile. */
export async function measureHeldUp<T>(work: () => Promise<T>): Promise<HeldUp<T>> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
  delay.enable()
  // The first look has to have been before the work begins.
  await new Promise((resolve) => setTimeout(resolve, 5))
  delay.reset()
  const before = process.threadCpuUsage()
  const since = performance.now()
  const result = await work()
  const wall = performance.now() - since
  const { user, system } = process.threadCpuUsage(before)
  // What held the loop up last is seen at the next look.
  await new Promise((resolve) => setTimeout(resolve, 5))
  delay.disable()
  return { result, wall, held: Math.max(0, delay.max / 1e6 - RESOLUTION), worked: (user + system) / 1000 }
}
