import type { ServerResponse } from 'node:http'

import type { Caller } from '../../appliance/index.ts'
import { type Clock, CoreError } from '../../base/index.ts'

/** An answer that goes on until somebody ends it: somebody watches what happens. */
interface Stream {
  readonly caller: Caller
  readonly response: ServerResponse
  readonly isStillIn: () => Promise<boolean>
  readonly over: AbortController
  /** So many looks in a row it had something to send that nobody took. */
  stuck: number
}

/** Who watches, how many of them, and for how long. */
export interface Streams {
  /**
   * Begins one. The signal is aborted when its caller is no longer let in, the client takes nothing any more, or has gone.
   * Throws `service/busy` where the caller has enough of them.
   */
  open(given: {
    readonly caller: Caller
    readonly response: ServerResponse
    readonly isStillIn: () => Promise<boolean>
  }): AbortSignal
  /** Asks of each whether its caller is still let in: sessions were ended, or users changed. */
  recheck(): Promise<void>
}

/** Of one user. A browser keeps six connections to one host: this is some of them at work, and programs beside. */
const MOST_STREAMS = 10
const LOOK_EVERY = 5000
/** Half a minute in which a client took nothing of what was waiting for it. */
const MOST_STUCK = 6

export function createStreams({
  clock,
  lookEvery = LOOK_EVERY,
}: {
  readonly clock: Clock
  /** Milliseconds. */
  readonly lookEvery?: number | undefined
}): Streams {
  const streams = new Set<Stream>()

  function look(): void {
    for (const stream of streams) {
      const { caller, response, over } = stream
      if (caller.expiresAt !== null && caller.expiresAt <= clock.now()) over.abort()
      stream.stuck = response.writableLength > 0 ? stream.stuck + 1 : 0
      // To end it in words would take a client that reads.
      if (stream.stuck >= MOST_STUCK) response.destroy()
    }
  }
  let timer: NodeJS.Timeout | undefined

  return {
    open({ caller, response, isStillIn }) {
      const own = [...streams].filter((stream) => stream.caller.userId === caller.userId)
      if (own.length >= MOST_STREAMS) throw tooMany()
      const stream: Stream = { caller, response, isStillIn, over: new AbortController(), stuck: 0 }
      streams.add(stream)
      timer ??= setInterval(look, lookEvery).unref()
      response.on('drain', () => (stream.stuck = 0))
      response.once('close', () => {
        streams.delete(stream)
        stream.over.abort()
        if (streams.size > 0) return
        clearInterval(timer)
        timer = undefined
      })
      return stream.over.signal
    },
    async recheck() {
      await Promise.all(
        [...streams].map(async ({ isStillIn, over }) => {
          // Whoever cannot be asked about is not in: his client comes back, and is asked anew.
          if (!(await isStillIn().catch(() => false))) over.abort()
        }),
      )
    },
  }
}

function tooMany(): CoreError {
  return new CoreError('service/busy', `This user has ${MOST_STREAMS} answers open already that go on for long.`, {
    retryable: true,
    safety: 'Nothing was changed.',
    remedy: 'Wait until a download has ended, or close windows of the console or programs that watch.',
    context: { seconds: 10 },
  })
}
