import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'

import type { Settings } from '../../../core/contract/index.ts'
import { useClient, useLive } from '../../client/index.ts'

/** What the appliance is called, and by which time zone it lives. */
export const useAppliance = defineStore('appliance', () => {
  const client = useClient()
  const settings = shallowRef<Settings>()
  const version = shallowRef<string>()
  const name = computed(() => settings.value?.name)
  /** Until it is known, the browser's is as good a guess as any. */
  const timeZone = computed(() => settings.value?.timeZone ?? browserZone())

  async function load(): Promise<void> {
    const [now, about] = await Promise.all([client.settings.get(), client.settings.about()])
    settings.value = now
    version.value = about.version
  }

  /** Pages do without what does not come: they ask again with the next `resync`. */
  async function loadOnce(): Promise<void> {
    if (settings.value === undefined) await loadAgain()
  }

  async function loadAgain(): Promise<void> {
    try {
      await load()
    } catch {
      // Said by the connection's state.
    }
  }

  useLive((event) => {
    if (event.type === 'resync' || (event.type === 'changed' && event.kind === 'settings')) void loadAgain()
  })
  return { settings, version, name, timeZone, loadOnce }
})

/** The browser's own time zone. */
export function browserZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
