import type { Run } from '../../../core/contract/index.ts'

type Confirmable = Run & { readonly kind: 'forget' | 'prune' }

/** Whether it can be begun again with a person's word for it: only what removes something stops for one. */
export function canConfirm(run: Run): run is Confirmable {
  return run.needsConfirmation && (run.kind === 'forget' || run.kind === 'prune')
}

/** A run of the same kind on the same vault that came behind it: then it waits no more. Ids sort by when runs were made. */
export function newerOf(run: Run, others: readonly Run[]): Run | undefined {
  return others.find(({ id, kind, vault }) => kind === run.kind && vault.id === run.vault.id && id > run.id)
}
