import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef, watch } from 'vue'

import type { RunEvent } from '../../../core/contract/index.ts'
import { isAbort, type Problem, toProblem, useClient, useLive } from '../../client/index.ts'

const PAGE = 500

export interface RunLog {
  /** The oldest first. */
  readonly events: Readonly<ShallowRef<readonly RunEvent[]>>
  readonly isLoading: Readonly<Ref<boolean>>
  readonly problem: Readonly<ShallowRef<Problem | undefined>>
  readonly reload: () => Promise<void>
}

/** The whole log of a run, and what is added to it. */
export function useRunLog(id: Readonly<Ref<string>>, level: Readonly<Ref<RunEvent['level'] | undefined>>): RunLog {
  const client = useClient()
  const events = shallowRef<readonly RunEvent[]>([])
  const isLoading = ref(false)
  const problem = shallowRef<Problem>()
  let current = new AbortController()

  async function reload(): Promise<void> {
    current.abort()
    const own = new AbortController()
    current = own
    const { signal } = own
    isLoading.value = true
    problem.value = undefined
    events.value = []
    try {
      let cursor: string | null | undefined
      while (cursor !== null && !signal.aborted) {
        const page = await client.runs.events(
          { id: id.value, limit: PAGE, ...(level.value && { level: level.value }), ...(cursor && { cursor }) },
          { signal },
        )
        if (current !== own) return
        events.value = merge(events.value, page.items)
        cursor = page.next
      }
    } catch (error) {
      if (current === own && !isAbort(error)) problem.value = toProblem(error)
    } finally {
      if (current === own) isLoading.value = false
    }
  }

  watch([id, level], reload, { immediate: true })
  useLive((event) => {
    if (event.type === 'resync') void reload()
    if (event.type !== 'log' || event.event.runId !== id.value) return
    if (level.value === undefined || event.event.level === level.value)
      events.value = merge(events.value, [event.event])
  })
  onScopeDispose(() => current.abort())
  return { events, isLoading, problem, reload }
}

/** Lines come from two sides, a page and events: each is shown once, in order. */
function merge(known: readonly RunEvent[], more: readonly RunEvent[]): readonly RunEvent[] {
  const ids = new Set(known.map(({ id }) => id))
  const added = more.filter(({ id }) => !ids.has(id))
  return added.length === 0 ? known : [...known, ...added].toSorted((a, b) => a.id - b.id)
}
