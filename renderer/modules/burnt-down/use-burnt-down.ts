import { onScopeDispose } from 'vue'

import type { BurntDown } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'

/** Milliseconds: a sync tells of many points at once. */
const SETTLE = 3000

/** What would be left if the appliance's computer were gone, kept up to date. */
export function useBurntDown(): Loaded<{ items: BurntDown[]; bytesWaiting: number }> {
  const client = useClient()
  const loaded = useLoaded((options) => client.overview.burntDown(undefined, options))
  let waiting: ReturnType<typeof setTimeout> | undefined
  useLive((event) => {
    const isEnd = event.type === 'run' && event.run.endedAt !== null
    if (!isEnd && event.type !== 'changed') return
    waiting ??= setTimeout(() => {
      waiting = undefined
      void loaded.reload()
    }, SETTLE)
  })
  onScopeDispose(() => clearTimeout(waiting))
  return loaded
}
