import { onScopeDispose, watch } from 'vue'

import { createLiveSource, followEvents, type LiveBus, toProblem, useClient } from '../../client/index.ts'
import { useSession } from '../session/session-store.ts'
import { useConnection } from './connection-store.ts'

/** Follows what happens for as long as somebody is signed in: one subscription for the whole page. */
export function useLiveConnection(bus: LiveBus): void {
  const client = useClient()
  const session = useSession()
  const connection = useConnection()
  let stop = new AbortController()

  watch(
    () => session.user !== undefined && !session.hasExpired,
    (isSignedIn, wasSignedIn) => {
      stop.abort()
      if (!isSignedIn) return
      stop = new AbortController()
      const { signal } = stop
      // Signed in anew: what is shown may be of before.
      if (wasSignedIn === false) bus.emit({ type: 'resync' })
      void connection.probe({ signal }).catch(() => undefined)
      void followEvents(
        {
          open: createLiveSource(client),
          probe: connection.probe,
          onEvent: bus.emit,
          onState: connection.change,
          isFinal: (error) => toProblem(error).kind === 'NOT_SIGNED_IN',
          wait: waitFor,
          chance: Math.random,
        },
        { signal },
      )
    },
    { immediate: true },
  )
  onScopeDispose(() => stop.abort())
}

function waitFor(milliseconds: number, { signal }: { signal: AbortSignal }): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, milliseconds)
    function stop(): void {
      clearTimeout(timer)
      reject(signal.reason as Error)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
