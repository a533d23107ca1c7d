import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { type ConnectionState, toProblem, useClient } from '../../client/index.ts'

/** Whether what is on screen is kept up to date. */
export const useConnection = defineStore('connection', () => {
  const client = useClient()
  const state = ref<ConnectionState>('connecting')
  /** When what is shown was last known to be true. RFC 3339. */
  const freshUntil = ref<string>()
  /** How far the appliance's clock is ahead of the browser's. Milliseconds. */
  const ahead = ref(0)
  const isStale = computed(() => state.value === 'lost')

  function change(next: ConnectionState): void {
    if (state.value === 'connected' && next !== 'connected') freshUntil.value = now()
    state.value = next
  }

  /** Asks whether the appliance is there, and what its clock says. */
  async function probe(options: { signal: AbortSignal }): Promise<void> {
    const asked = Date.now()
    try {
      const health = await client.health.get(undefined, options)
      ahead.value = Date.parse(health.now) - (asked + Date.now()) / 2
    } catch (error) {
      // It is there, and says that it does not work: what it answers is shown as far as it goes.
      if (toProblem(error).kind !== 'UNAVAILABLE') throw error
    }
  }

  function now(): string {
    return new Date(Date.now() + ahead.value).toISOString()
  }

  return { state, freshUntil, ahead, isStale, change, probe }
})
