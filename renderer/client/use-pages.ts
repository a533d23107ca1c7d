import { type MaybeRefOrGetter, onScopeDispose, type Ref, ref, type ShallowRef, shallowRef, toValue, watch } from 'vue'

import { isAbort, type Problem, toProblem } from './problem.ts'

export interface Pages<T> {
  /** What has come so far, in the order of the appliance. */
  readonly items: Readonly<ShallowRef<readonly T[]>>
  readonly isLoading: Readonly<Ref<boolean>>
  /** That was all. */
  readonly isComplete: Readonly<Ref<boolean>>
  readonly problem: Readonly<ShallowRef<Problem | undefined>>
  /** Asks for the next page, unless one is asked for already. After a problem only `retry` goes on. */
  readonly more: () => Promise<void>
  /** Goes on where something went wrong: what came before stays. */
  readonly retry: () => Promise<void>
  readonly reload: () => Promise<void>
}

interface Page<T> {
  readonly items: readonly T[]
  readonly next: string | null
}

/**
 * A list that is asked for part by part, and anew when `key` changes. An answer to a question that nobody asks any more
 * is never shown.
 */
export function usePages<T, P extends Page<T> = Page<T>>(
  load: (cursor: string | undefined, options: { signal: AbortSignal }) => Promise<P>,
  {
    key,
    onPage,
  }: { readonly key?: MaybeRefOrGetter<unknown>; readonly onPage?: (page: P, isFirst: boolean) => void } = {},
): Pages<T> {
  const items = shallowRef<readonly T[]>([])
  const isLoading = ref(false)
  const isComplete = ref(false)
  const problem = shallowRef<Problem>()
  let next: string | undefined
  let current = new AbortController()

  async function ask(): Promise<void> {
    const { signal } = current
    const isFirst = next === undefined
    isLoading.value = true
    problem.value = undefined
    try {
      const page = await load(next, { signal })
      if (signal.aborted) return
      items.value = isFirst ? page.items : items.value.concat(page.items)
      next = page.next ?? undefined
      isComplete.value = page.next === null
      onPage?.(page, isFirst)
    } catch (error) {
      if (!signal.aborted && !isAbort(error)) problem.value = toProblem(error)
    } finally {
      if (current.signal === signal) isLoading.value = false
    }
  }

  async function more(): Promise<void> {
    if (isLoading.value || isComplete.value || problem.value) return
    await ask()
  }

  async function retry(): Promise<void> {
    if (!isLoading.value) await ask()
  }

  async function reload(): Promise<void> {
    current.abort()
    current = new AbortController()
    next = undefined
    isComplete.value = false
    await ask()
  }

  watch(
    () => toValue(key),
    () => {
      items.value = []
      void reload()
    },
    { immediate: true },
  )
  onScopeDispose(() => current.abort())
  return { items, isLoading, isComplete, problem, more, retry, reload }
}
