import { type Abortable, sleep } from './abort.ts'
import { type Chance, systemChance } from './chance.ts'

export interface RetryOptions extends Abortable {
  /** How many times in all, the first included. */
  readonly attempts: number
  /** The wait after the first failure. It doubles each time. Milliseconds. */
  readonly firstDelay: number
  /** No wait is longer. Milliseconds. */
  readonly longestDelay: number
  /** Whether this failure may pass when the work is done again. */
  readonly isRetryable: (error: unknown) => boolean
  readonly chance?: Chance | undefined
  readonly wait?: ((milliseconds: number, options: Abortable) => Promise<void>) | undefined
}

/** Does `work` until it succeeds, `attempts` are used up, or it fails for good. Waits are jittered by ±50 %. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    options.signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      await waitBeforeRetry(error, attempt, options)
    }
  }
}

/**
 * The step between two attempts, for work that is no single promise: waits after the failure of `attempt` (the first is
 * 1), or throws that failure when there is to be no other attempt.
 */
export async function waitBeforeRetry(error: unknown, attempt: number, options: RetryOptions): Promise<void> {
  const { attempts, firstDelay, longestDelay, isRetryable, signal, chance = systemChance, wait = sleep } = options
  if (attempt >= attempts || signal?.aborted || !isRetryable(error)) throw error
  const delay = Math.min(longestDelay, firstDelay * 2 ** (attempt - 1))
  await wait(delay * (0.5 + chance.fraction()), { signal })
}
