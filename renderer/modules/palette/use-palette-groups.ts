import { useToast } from '@nuxt/ui/composables'
import { computed, type ComputedRef, type Ref, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'

import type { BackupSet, Reference } from '../../../core/contract/index.ts'
import { toProblem, useClient } from '../../client/index.ts'
import { useText } from '../../shared/i18n/index.ts'
import { wordsOf } from '../problem/problem-text.ts'
import { useSession } from '../session/session-store.ts'

export interface PaletteItem {
  readonly label: string
  readonly suffix?: string
  readonly icon: string
  readonly onSelect: () => void
}

export interface PaletteGroup {
  readonly id: string
  readonly label: string
  readonly items: PaletteItem[]
}

/** What can be gone to, found and done: asked for each time the palette is opened. */
export function usePaletteGroups({ isOpen, onDone }: { readonly isOpen: Ref<boolean>; readonly onDone: () => void }): {
  groups: ComputedRef<PaletteGroup[]>
  isLoading: Ref<boolean>
} {
  const client = useClient()
  const router = useRouter()
  const session = useSession()
  const text = useText()
  const { t } = text
  const toast = useToast()
  const found = shallowRef<{ sets: BackupSet[]; vaults: Reference[]; policies: Reference[] }>({
    sets: [],
    vaults: [],
    policies: [],
  })
  const isLoading = shallowRef(false)

  async function look(): Promise<void> {
    isLoading.value = true
    try {
      const [sets, vaults, policies] = await Promise.all([
        client.sets.list(),
        client.vaults.list(),
        client.policies.list(),
      ])
      found.value = { sets: sets.items, vaults: vaults.items, policies: policies.items }
    } catch {
      // The screens can still be gone to; that nobody answers is said by the connection's state.
    } finally {
      isLoading.value = false
    }
  }
  watch(isOpen, (open) => open && void look(), { immediate: true })

  function go(to: string | { name: string; params?: Record<string, string> }): void {
    onDone()
    void router.push(to)
  }

  async function backUp(set: BackupSet): Promise<void> {
    onDone()
    try {
      const run = await client.runs.backUp({ setId: set.id })
      toast.add({ title: t('palette.begun', { name: set.name }), color: 'success' })
      await router.push({ name: 'run', params: { id: run.id } })
    } catch (error) {
      const { message, remedy } = wordsOf(toProblem(error), text)
      toast.add({ title: message, ...(remedy === null ? {} : { description: remedy }), color: 'error', duration: 0 })
    }
  }

  /** Where there is a page for one of these. */
  function pagesOf(route: string, icon: string, items: readonly Reference[]): PaletteItem[] {
    if (!router.hasRoute(route)) return []
    return items.map(({ id, name }) => ({ label: name, icon, onSelect: () => go({ name: route, params: { id } }) }))
  }

  const groups = computed<PaletteGroup[]>(() => [
    {
      id: 'screens',
      label: t('palette.screens'),
      items: router
        .getRoutes()
        .flatMap(({ path, meta }) =>
          meta.nav && session.may(meta.access)
            ? [{ label: t(meta.title), icon: meta.nav.icon, onSelect: () => go(path) }]
            : [],
        ),
    },
    {
      id: 'back-up',
      label: t('palette.backUp'),
      items: session.may('operate')
        ? found.value.sets
            .filter(({ isEnabled, runningRunId }) => isEnabled && runningRunId === null)
            .map((set) => ({
              label: t('palette.backUpSet', { name: set.name }),
              icon: 'i-lucide-play',
              onSelect: () => void backUp(set),
            }))
        : [],
    },
    { id: 'sets', label: t('palette.sets'), items: pagesOf('set', 'i-lucide-folder', found.value.sets) },
    { id: 'vaults', label: t('palette.vaults'), items: pagesOf('vault', 'i-lucide-database', found.value.vaults) },
    {
      id: 'policies',
      label: t('palette.policies'),
      items: pagesOf('policy', 'i-lucide-calendar-clock', found.value.policies),
    },
  ])
  return { groups, isLoading }
}
