import { computed, type MaybeRefOrGetter, onScopeDispose, type Ref, ref, shallowRef, toValue, watch } from 'vue'

import { useLive } from './live-bus.ts'
import { isAbort, type Problem, toProblem } from './problem.ts'

export interface Loaded<T> {
  /** What came last. It stays while it is asked for again, and where that fails. */
  readonly data: Readonly<Ref<T | undefined>>
  readonly problem: Readonly<Ref<Problem | undefined>>
  readonly isLoading: Readonly<Ref<boolean>>
  /** Nothing has come yet, and nothing went wrong. */
  readonly isFirst: Readonly<Ref<boolean>>
  readonly reload: () => Promise<void>
  /** Shows what was learned in another way: from an event, or an answer. */
  readonly put: (data: T) => void
}

/**
 * Asks at once, again when `key` changes, and again when the connection came back with a gap. Only the last answer counts.
 */
export function useLoaded<T>(
  load: (options: { signal: AbortSignal }) => Promise<T>,
  { key }: { readonly key?: MaybeRefOrGetter<unknown> } = {},
): Loaded<T> {
  const data = shallowRef<T>()
  const problem = shallowRef<Problem>()
  const isLoading = ref(false)
  let current = new AbortController()

  async function reload(): Promise<void> {
    current.abort()
    const own = new AbortController()
    current = own
    isLoading.value = true
    try {
      const answer = await load({ signal: own.signal })
      if (own.signal.aborted) return
      data.value = answer
      problem.value = undefined
    } catch (error) {
      if (!own.signal.aborted && !isAbort(error)) problem.value = toProblem(error)
    } finally {
      if (current === own) isLoading.value = false
    }
  }

  function put(next: T): void {
    data.value = next
  }

  watch(
    () => toValue(key),
    (now, before) => {
      if (before !== undefined && now !== before) data.value = undefined
      void reload()
    },
    { immediate: true },
  )
  useLive((event) => {
    if (event.type === 'resync') void reload()
  })
  onScopeDispose(() => current.abort())
  const isFirst = computed(() => data.value === undefined && problem.value === undefined)
  return { data, problem, isLoading, isFirst, reload, put }
}
