import { inject, type InjectionKey, onScopeDispose } from 'vue'

import type { LiveEvent } from '../../core/contract/index.ts'

type Listener = (event: LiveEvent) => void

/** Hands what happens on to everything on screen that shows it. */
export interface LiveBus {
  readonly emit: (event: LiveEvent) => void
  /** Returns what ends it. */
  readonly listen: (listener: Listener) => () => void
}

export const LIVE_BUS: InjectionKey<LiveBus> = Symbol('live-bus')

export function createLiveBus(): LiveBus {
  const listeners = new Set<Listener>()
  return {
    emit: (event) => {
      for (const listener of listeners) listener(event)
    },
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** Listens for as long as the component, or the store, is there. */
export function useLive(listener: Listener): void {
  const bus = inject(LIVE_BUS)
  if (bus === undefined) throw new Error('No live bus was provided.')
  onScopeDispose(bus.listen(listener))
}
