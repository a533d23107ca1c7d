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
  const { attempts, firstDelay, longestDelay, isRetryable, signal, chance = systemChance, wait = sleep } = options
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (error) {
      if (attempt >= attempts || signal?.aborted || !isRetryable(error)) throw error
      const delay = Math.min(longestDelay, firstDelay * 2 ** (attempt - 1))
      await wait(delay * (0.5 + chance.fraction()), { signal })
    }
  }
}
