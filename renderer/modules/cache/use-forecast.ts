import { computed, type ComputedRef, type Ref } from 'vue'

import type { Forecast, SyncWindow } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLoaded } from '../../client/index.ts'
import { useSettled } from '../policy/use-policy-preview.ts'

/** What somebody wants to know of windows before he saves them. */
export interface ForecastQuestion {
  readonly windows: SyncWindow[]
  readonly bytesPerDay: number
  readonly backlogBytes: number
}

export interface Asked {
  readonly question: ForecastQuestion
  readonly forecast: Forecast
}

/** The four weeks to come, a moment after somebody has stopped to change what is asked. Undefined: it cannot be asked. */
export function useForecast(
  question: () => ForecastQuestion | undefined,
): Pick<Loaded<unknown>, 'problem' | 'reload'> & { readonly asked: Readonly<Ref<Asked | undefined>> } {
  const client = useClient()
  const settled = useSettled(question)
  const key: ComputedRef<string> = computed(() => JSON.stringify(settled.value ?? null))
  const { data, problem, reload } = useLoaded(
    async (options): Promise<Asked | null> => {
      const wanted = settled.value
      return wanted ? { question: wanted, forecast: await client.caches.simulate(wanted, options) } : null
    },
    { key },
  )
  return { asked: computed(() => data.value ?? undefined), problem, reload }
}
