import type { FromProcess } from '../process/messages.ts'
import type { Order } from '../process/order.ts'

/** Where and when a process was started: it is this process and no other that is meant. */
export interface ProcessIdentity {
  readonly pid: number
  /** Ticks since the kernel was started. 0 where nobody can tell. */
  readonly started: number
  /** Which start of the kernel, and which container. Empty where nobody can tell. */
  readonly place: string
}

/** What is told of an attempt that is carried out. */
export interface TaskListener {
  onMessage(message: FromProcess): void
  /** Nothing comes any more. `reason` says how the process ended, where it did not say it itself. */
  onEnd(reason: string): void
}

/** An attempt that is carried out. */
export interface Task {
  readonly process: ProcessIdentity | undefined
  /** Asks it to stop, and to leave things clean. */
  stop(): void
  /** Ends it at once. */
  kill(): void
  limit(bytesPerSecond: number | undefined): void
  /** Answers whether it may write its snapshot. */
  fence(mayWrite: boolean): void
}

/** What carries runs out: a proxy. It may be away: what happens to runs then, `core/policy` says. */
export interface Executor {
  readonly id: string
  /** Of the program there: an old one takes nothing over from others. */
  readonly version: string
  readonly isConnected: boolean
  /** Called when it comes or goes. */
  onChange(listener: () => void): void
  /** Never throws: what goes wrong is the end that the listener is told of. */
  start(order: Order, listener: TaskListener): Task
}

/**
 * What there is to carry runs out. Today that is the appliance's own computer alone; others come with pools and agents.
 */
export interface ExecutorPool {
  /** What runs are assigned to. */
  readonly assigned: Executor
  /** What may take over where that is away, the best one first. */
  readonly others: readonly Executor[]
}
