import { computed, type MaybeRefOrGetter, onScopeDispose, toValue, watch } from 'vue'

import type { Cache } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'
import { useFormat } from '../../shared/format/index.ts'
import { afterProgress, askAfter, nextChange } from './after-cache-event.ts'
import { byNeed } from './cache-words.ts'

/** While something fills a cache or empties it, it is asked so often how full it is. Milliseconds. */
const SOON = 3000

/** All caches, those that need somebody first, kept up to date. */
export function useCaches(): Loaded<readonly Cache[]> {
  const client = useClient()
  return live(
    useLoaded<readonly Cache[]>(async (options) =>
      (await client.caches.list(undefined, options)).items.toSorted(byNeed),
    ),
  )
}

/** The cache of a vault, as a list of one, in the same way. */
export function useCache(vaultId: MaybeRefOrGetter<string>): Loaded<readonly Cache[]> {
  const client = useClient()
  return live(
    useLoaded<readonly Cache[]>(async (options) => [await client.caches.get({ vaultId: toValue(vaultId) }, options)], {
      key: vaultId,
    }),
  )
}

function live(loaded: Loaded<readonly Cache[]>): Loaded<readonly Cache[]> {
  const format = useFormat()
  let timer: ReturnType<typeof setTimeout> | undefined

  function reloadSoon(): void {
    timer ??= setTimeout(() => {
      timer = undefined
      void loaded.reload()
    }, SOON)
  }
  onScopeDispose(() => clearTimeout(timer))

  useLive((event) => {
    if (loaded.data.value) loaded.put(afterProgress(loaded.data.value, event))
    const asks = askAfter(event)
    if (asks === 'now') void loaded.reload()
    if (asks === 'soon') reloadSoon()
  })
  const changesAt = computed(() => Math.min(...(loaded.data.value ?? []).map(nextChange)))
  watch(
    () => format.now.value > changesAt.value,
    (isOver) => isOver && void loaded.reload(),
  )
  return loaded
}
