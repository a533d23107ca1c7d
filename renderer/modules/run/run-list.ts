import type { LiveEvent, Run, RunKind, RunState } from '../../../core/contract/index.ts'

export interface RunFilters {
  readonly kind?: RunKind | undefined
  readonly state?: RunState | undefined
  readonly phase?: 'active' | 'ended' | undefined
}

/** Whether the appliance would have listed it. */
function isWanted(run: Run, { kind, state, phase }: RunFilters): boolean {
  return (
    (kind === undefined || run.kind === kind) &&
    (state === undefined || run.state === state) &&
    (phase === undefined || (phase === 'active') === (run.endedAt === null))
  )
}

/** The list after an event: the same list where the event does not touch it. Ids sort by when runs were made. */
export function afterEvent(runs: readonly Run[], event: LiveEvent, filters: RunFilters): readonly Run[] {
  if (event.type === 'progress') {
    if (!runs.some(({ id }) => id === event.runId)) return runs
    return runs.map((run) => (run.id === event.runId ? { ...run, progress: event.progress } : run))
  }
  if (event.type !== 'run') return runs
  const { run } = event
  const isKnown = runs.some(({ id }) => id === run.id)
  if (!isWanted(run, filters)) return isKnown ? runs.filter(({ id }) => id !== run.id) : runs
  if (isKnown) return runs.map((other) => (other.id === run.id ? run : other))
  // Older than all that are shown: it belongs to a part that was not asked for yet.
  const last = runs.at(-1)
  if (last !== undefined && run.id < last.id) return runs
  return [...runs, run].toSorted((a, b) => (a.id < b.id ? 1 : -1))
}
