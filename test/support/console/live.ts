import { withEventMeta } from '@orpc/server'

import type { LiveEvent } from '../../../core/contract/index.ts'
import type { Live } from './answers/stage.ts'

/** Events with ids, kept from the first on: who comes back is told what he missed. */
export function makeLive(): Live & { readonly drop: () => void } {
  const told: LiveEvent[] = []
  const listeners = new Set<() => void>()
  let dropped = 0
  const wake = (): void => {
    for (const listener of listeners) listener()
  }

  const isOver = (own: number, signal: AbortSignal | undefined): boolean => signal?.aborted === true || own !== dropped

  async function* watch(
    lastEventId: string | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<LiveEvent, void> {
    const own = dropped
    let next = lastEventId === undefined ? told.length : Number(lastEventId)
    while (!isOver(own, signal)) {
      const event = told[next]
      if (event === undefined) {
        await new Promise<void>((resolve) => {
          const done = (): void => {
            listeners.delete(done)
            resolve()
          }
          listeners.add(done)
          signal?.addEventListener('abort', done, { once: true })
        })
      } else {
        next += 1
        yield withEventMeta({ ...event }, { id: String(next) })
      }
    }
  }

  return {
    watch,
    emit: (event) => {
      told.push(event)
      wake()
    },
    drop: () => {
      dropped += 1
      wake()
    },
  }
}
