import { type Ref } from 'vue'

import type { Run, RunStep } from '../../../core/contract/index.ts'
import { type Loaded, useClient, useLive, useLoaded } from '../../client/index.ts'

export type RunWithSteps = Run & { readonly steps: RunStep[] }

/** One run with its steps, kept up to date. */
export function useRun(id: Readonly<Ref<string>>): Loaded<RunWithSteps> {
  const client = useClient()
  const loaded = useLoaded((options) => client.runs.get({ id: id.value }, options), { key: id })
  useLive((event) => {
    const run = loaded.data.value
    if (run === undefined) return
    if (event.type === 'run' && event.run.id === run.id) loaded.put({ ...event.run, steps: run.steps })
    if (event.type === 'progress' && event.runId === run.id) loaded.put({ ...run, progress: event.progress })
    if (event.type === 'step' && event.runId === run.id) loaded.put({ ...run, steps: withStep(run.steps, event.step) })
  })
  return loaded
}

function withStep(steps: readonly RunStep[], step: RunStep): RunStep[] {
  return steps.some(({ id }) => id === step.id)
    ? steps.map((other) => (other.id === step.id ? step : other))
    : [...steps, step]
}
