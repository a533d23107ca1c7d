import type { LiveEvent } from '../../core/contract/index.ts'

/**
 * - `connecting`: nobody has answered yet.
 * - `connected`: what is shown is kept up to date.
 * - `reconnecting`: it broke a moment ago, and is being mended.
 * - `lost`: it has been broken for so long that what is shown may be wrong.
 */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'lost'

/** Begins to tell what happens behind the event with this id. Rejects where nobody answers. */
export type LiveSource = (
  after: string | undefined,
  options: { signal: AbortSignal },
) => Promise<AsyncIterable<{ id: string | undefined; event: LiveEvent }>>

export interface LiveFeedOptions {
  readonly open: LiveSource
  /** Rejects where the appliance does not answer: a connection that died says nothing by itself. */
  readonly probe: (options: { signal: AbortSignal }) => Promise<unknown>
  readonly onEvent: (event: LiveEvent) => void
  readonly onState: (state: ConnectionState) => void
  /** Told of every error. True: to go on is of no use, as when nobody is signed in any more. */
  readonly isFinal: (error: unknown) => boolean
  readonly wait: (milliseconds: number, options: { signal: AbortSignal }) => Promise<void>
  /** From 0 up to, not including, 1: so that many consoles do not come back in the same instant. */
  readonly chance: () => number
}

/** First wait, doubled each time. */
const FIRST_DELAY = 500
const LONGEST_DELAY = 15_000
/** With so many attempts in vain, some ten seconds have gone: a restart of the service takes less. */
const ATTEMPTS_BEFORE_LOST = 4
/** How long nothing may be heard before the appliance is asked whether it is there. */
const SILENCE = 20_000

/** Follows what happens until `signal` says stop, whatever the network does. Never rejects. */
export async function followEvents(options: LiveFeedOptions, { signal }: { signal: AbortSignal }): Promise<void> {
  let after: string | undefined
  let attempts = 0
  options.onState('connecting')
  while (!signal.aborted) {
    const attempt = new AbortController()
    const stop = (): void => attempt.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const events = await options.open(after, { signal: attempt.signal })
      // What happened while nobody listened cannot be asked for by those who have not heard anything yet.
      if (attempts > 0 && after === undefined) options.onEvent({ type: 'resync' })
      attempts = 0
      options.onState('connected')
      const heard = { lately: true }
      const watching = watchSilence(options, heard, attempt)
      try {
        for await (const { id, event } of events) {
          heard.lately = true
          after = id ?? after
          options.onEvent(event)
        }
      } finally {
        attempt.abort()
        await watching
      }
    } catch (error) {
      if (options.isFinal(error)) return
    } finally {
      attempt.abort()
      signal.removeEventListener('abort', stop)
    }
    if (isStopped(signal)) return
    attempts += 1
    options.onState(attempts > ATTEMPTS_BEFORE_LOST ? 'lost' : 'reconnecting')
    await quietly(options.wait(delayBefore(attempts, options.chance()), { signal }))
  }
}

/** Milliseconds before the next attempt: doubled each time, and up to half of it left to chance. */
export function delayBefore(attempt: number, chance: number): number {
  const longest = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** (attempt - 1))
  return Math.round(longest / 2 + (longest / 2) * chance)
}

async function watchSilence(
  { wait, probe }: LiveFeedOptions,
  heard: { lately: boolean },
  attempt: AbortController,
): Promise<void> {
  const { signal } = attempt
  try {
    while (!signal.aborted) {
      heard.lately = false
      await wait(SILENCE, { signal })
      // An appliance that answers and has nothing to tell is as good as one that tells something.
      if (!isHeard(heard)) await probe({ signal })
    }
  } catch {
    attempt.abort()
  }
}

// Both change while something is awaited, which the compiler does not see.
const isStopped = (signal: AbortSignal): boolean => signal.aborted
const isHeard = (heard: { readonly lately: boolean }): boolean => heard.lately

async function quietly(promise: Promise<void>): Promise<void> {
  try {
    await promise
  } catch {
    // Stopped while it waited: the loop sees it.
  }
}
