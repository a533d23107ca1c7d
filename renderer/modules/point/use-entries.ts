import { computed, type ComputedRef, type MaybeRefOrGetter, ref, toValue } from 'vue'

import type { PointEntry } from '../../../core/contract/index.ts'
import { type Pages, useClient, usePages } from '../../client/index.ts'

const PAGE = 500

export interface Place {
  readonly pointId: string
  readonly path: string
  /** What names are to fit, in this folder and below. Empty: everything in this folder. */
  readonly pattern: string
}

export interface Entries extends Pages<PointEntry> {
  /** How many entries were looked at for a search. */
  readonly looked: ComputedRef<number | undefined>
}

/** What a folder of a recovery point holds, or what fits a pattern below it; part by part. */
export function useEntries(place: MaybeRefOrGetter<Place>): Entries {
  const client = useClient()
  const sum = ref(0)
  const pages = usePages<PointEntry, { items: PointEntry[]; next: string | null; looked?: number }>(
    (cursor, options) => {
      const { pointId, path, pattern } = toValue(place)
      const input = { id: pointId, path, limit: PAGE, ...(cursor !== undefined && { cursor }) }
      return pattern === '' ? client.points.browse(input, options) : client.points.find({ ...input, pattern }, options)
    },
    {
      key: () => JSON.stringify(toValue(place)),
      // Each page of a search begins to look from the start: the last one has looked at the most.
      onPage: ({ looked = 0 }) => (sum.value = looked),
    },
  )
  return { ...pages, looked: computed(() => (toValue(place).pattern === '' ? undefined : sum.value)) }
}
