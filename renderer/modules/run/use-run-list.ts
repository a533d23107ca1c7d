import { type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue'

import type { Run } from '../../../core/contract/index.ts'
import { type Problem, toProblem, useClient, useLive } from '../../client/index.ts'
import { afterEvent, type RunFilters } from './run-list.ts'

const PAGE = 100

export interface RunList {
  readonly runs: Readonly<ShallowRef<readonly Run[]>>
  readonly isLoading: Readonly<Ref<boolean>>
  readonly isComplete: Readonly<Ref<boolean>>
  readonly problem: Readonly<ShallowRef<Problem | undefined>>
  readonly loadMore: () => Promise<void>
  readonly reload: () => Promise<void>
}

/** Runs that fit the filters, the newest first, part after part, and kept up to date. */
export function useRunList(filters: Readonly<Ref<RunFilters>>): RunList {
  const client = useClient()
  const runs = shallowRef<readonly Run[]>([])
  const problem = shallowRef<Problem>()
  const isLoading = ref(false)
  const isComplete = ref(false)
  let next: string | undefined
  /** Answers to what was asked before are not wanted any more. */
  let round = 0

  async function loadMore(): Promise<void> {
    if (isLoading.value || isComplete.value || problem.value) return
    await load()
  }

  async function load(): Promise<void> {
    const own = round
    isLoading.value = true
    try {
      const page = await client.runs.list({
        limit: PAGE,
        ...Object.fromEntries(Object.entries(filters.value).filter(([, value]) => value !== undefined)),
        ...(next === undefined ? {} : { cursor: next }),
      })
      if (own !== round) return
      const known = new Set(runs.value.map(({ id }) => id))
      runs.value = [...runs.value, ...page.items.filter(({ id }) => !known.has(id))]
      next = page.next ?? undefined
      isComplete.value = page.next === null
    } catch (error) {
      if (own === round) problem.value = toProblem(error)
    } finally {
      if (own === round) isLoading.value = false
    }
  }

  async function reload(): Promise<void> {
    round += 1
    next = undefined
    runs.value = []
    problem.value = undefined
    isComplete.value = false
    await load()
  }

  watch(filters, reload, { immediate: true })
  useLive((event) => {
    if (event.type === 'resync') void reload()
    else runs.value = afterEvent(runs.value, event, filters.value)
  })
  return { runs, isLoading, isComplete, problem, loadMore, reload }
}
