import { onScopeDispose } from 'vue'

import type { Overview } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'
import { afterOverviewEvent } from './after-event.ts'

/** Milliseconds: many sets that begin at the same time are one reason to ask again, not many. */
const SETTLE = 1500

/** The overview, kept up to date: progress at once, everything else by asking again a moment later. */
export function useOverview(): Loaded<Overview> {
  const client = useClient()
  const loaded = useLoaded((options) => client.overview.get(undefined, options))
  let waiting: ReturnType<typeof setTimeout> | undefined

  useLive((event) => {
    if (loaded.data.value !== undefined) loaded.put(afterOverviewEvent(loaded.data.value, event))
    if (event.type !== 'run' && event.type !== 'alert' && event.type !== 'changed') return
    waiting ??= setTimeout(() => {
      waiting = undefined
      void loaded.reload()
    }, SETTLE)
  })
  onScopeDispose(() => clearTimeout(waiting))
  return loaded
}
