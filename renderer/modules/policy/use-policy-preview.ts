import { computed, type MaybeRefOrGetter, onScopeDispose, ref, type Ref, shallowRef, toValue, watch } from 'vue'

import type { PolicySettings, RetentionDecision } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLoaded } from '../../client/index.ts'

export interface PolicyPreview extends Pick<Loaded<unknown>, 'problem' | 'reload'> {
  /** When runs are due next. They stay while the points of another set are asked for. */
  readonly times: Readonly<Ref<readonly string[] | undefined>>
  readonly decisions: Readonly<Ref<readonly RetentionDecision[] | undefined>>
}

/** Milliseconds without a further change: nobody is asked for each letter that is typed. */
const PAUSE = 400

/** What somebody types, a moment after he has stopped. */
export function useSettled<T>(value: () => T): Readonly<Ref<T>> {
  const settled = ref(value()) as Ref<T>
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(value, (next) => {
    clearTimeout(timer)
    timer = setTimeout(() => (settled.value = next), PAUSE)
  })
  onScopeDispose(() => clearTimeout(timer))
  return settled
}

/** What a policy would do to a backup set, or in a year where none is given. Asks again when either changes. */
export function usePolicyPreview(
  settings: MaybeRefOrGetter<PolicySettings>,
  setId: MaybeRefOrGetter<string | undefined>,
): PolicyPreview {
  const client = useClient()
  const { data, problem, reload } = useLoaded(
    (options) => {
      const id = toValue(setId)
      return client.policies.preview({ settings: toValue(settings), ...(id !== undefined && { setId: id }) }, options)
    },
    { key: () => `${toValue(setId)} ${JSON.stringify(toValue(settings))}` },
  )
  const last = shallowRef<readonly string[]>()
  watch([data, problem], () => {
    if (data.value) last.value = data.value.times
    else if (problem.value) last.value = undefined
  })
  return { times: computed(() => last.value), decisions: computed(() => data.value?.decisions), problem, reload }
}
