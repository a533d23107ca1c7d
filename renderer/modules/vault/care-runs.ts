import type { LiveEvent, Run, RunKind } from '../../../core/contract/index.ts'

/** What a vault is looked after by, in the order in which it is shown. */
export const CARE_KINDS = ['check', 'verify', 'forget', 'prune', 'catalog-backup'] as const satisfies readonly RunKind[]
export type CareKind = (typeof CARE_KINDS)[number]

/** The newest first: ids sort by when runs were made. */
export function inOrder(runs: readonly Run[]): Run[] {
  return runs.toSorted((a, b) => (a.id < b.id ? 1 : -1))
}

/** The list after an event: the same list where the event does not touch it. */
export function afterCareEvent(
  runs: readonly Run[],
  event: LiveEvent,
  vaultId: string,
  kinds: readonly RunKind[] = CARE_KINDS,
): readonly Run[] {
  if (event.type === 'progress') {
    if (!runs.some(({ id }) => id === event.runId)) return runs
    return runs.map((run) => (run.id === event.runId ? { ...run, progress: event.progress } : run))
  }
  if (event.type !== 'run') return runs
  const { run } = event
  if (run.vault.id !== vaultId || !kinds.includes(run.kind)) return runs
  return inOrder([run, ...runs.filter(({ id }) => id !== run.id)])
}

/** Runs that stopped for a person to confirm them (RET-22), where no newer one of their kind and set came behind them. */
export function unconfirmed(runs: readonly Run[]): Run[] {
  const seen = new Set<string>()
  return runs.filter((run) => {
    const of = `${run.kind} ${run.set?.id ?? ''}`
    if (seen.has(of)) return false
    seen.add(of)
    return run.needsConfirmation
  })
}

/** When a run of this kind last came to its end well. Null: there was none at all. Undefined: none of these did. */
export function lastDone(runs: readonly Run[], kind: CareKind): string | null | undefined {
  const own = runs.filter((run) => run.kind === kind)
  const done = own.find(({ state }) => state === 'succeeded' || state === 'warning')
  return own.some(({ endedAt }) => endedAt !== null) ? (done?.endedAt ?? undefined) : null
}
