import { type Ref, ref, shallowRef, type ShallowRef, watch } from 'vue'

import type { Alert } from '../../../core/contract/index.ts'
import { type Problem, toProblem, useClient, useLive } from '../../client/index.ts'
import { withAlert } from './with-alert.ts'

export type AlertPhase = 'open' | 'cleared'

/** Alerts of a phase, the newest first, part after part, and kept up to date. */
export function useAlerts(phase: Readonly<Ref<AlertPhase>>) {
  const client = useClient()
  const alerts: ShallowRef<readonly Alert[]> = shallowRef([])
  const problem = shallowRef<Problem>()
  const isLoading = ref(false)
  const next = ref<string | null>(null)
  let round = 0

  async function load(): Promise<void> {
    const own = round
    isLoading.value = true
    try {
      const page = await client.alerts.list({ phase: phase.value, ...(next.value !== null && { cursor: next.value }) })
      if (own !== round) return
      alerts.value = [...alerts.value, ...page.items]
      next.value = page.next
    } catch (error) {
      if (own === round) problem.value = toProblem(error)
    } finally {
      if (own === round) isLoading.value = false
    }
  }

  async function reload(): Promise<void> {
    round += 1
    alerts.value = []
    problem.value = undefined
    next.value = null
    await load()
  }

  async function acknowledge(alert: Alert): Promise<void> {
    alerts.value = withAlert(alerts.value, await client.alerts.acknowledge({ id: alert.id }), phase.value)
  }

  watch(phase, reload, { immediate: true })
  useLive((event) => {
    if (event.type === 'resync') void reload()
    if (event.type === 'alert') alerts.value = withAlert(alerts.value, event.alert, phase.value)
  })
  return { alerts, problem, isLoading, next, loadMore: load, reload, acknowledge }
}
