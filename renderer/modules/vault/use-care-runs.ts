import type { Ref } from 'vue'

import type { Run, RunKind } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'
import { afterCareEvent, CARE_KINDS, inOrder } from './care-runs.ts'

/** Of each kind. */
const MOST = 5

/** The newest runs of these kinds that had to do with a vault, kept up to date: those that look after it. */
export function useCareRuns(
  vaultId: Readonly<Ref<string>>,
  kinds: readonly RunKind[] = CARE_KINDS,
): Loaded<readonly Run[]> {
  const client = useClient()
  const loaded = useLoaded<readonly Run[]>(
    async (options) => {
      const pages = await Promise.all(
        kinds.map((kind) => client.runs.list({ vaultId: vaultId.value, kind, limit: MOST }, options)),
      )
      return inOrder(pages.flatMap(({ items }) => items))
    },
    { key: vaultId },
  )
  useLive((event) => {
    if (loaded.data.value) loaded.put(afterCareEvent(loaded.data.value, event, vaultId.value, kinds))
  })
  return loaded
}
