import { formatCounted } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import { check, type Checked } from '../../maintenance/index.ts'
import { availableWorkers } from '../../repository/index.ts'
import type { CheckOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { maintenanceProgress } from './maintenance-progress.ts'
import { withVault } from './open-vault.ts'

/** Looks whether all that the recovery points need is there and whole. Changes nothing. */
export function checkVault(order: CheckOrder, context: RunContext): Promise<Outcome> {
  return withVault(order, context, 'shared', async ({ repository, signal }) => {
    const checked = await context.step('check', () =>
      check(repository, {
        read: order.readData ? { type: 'all' } : { type: 'none' },
        workers: availableWorkers(),
        onFinding: ({ severity, kind, message, meaning, remedy, object }) =>
          context.log({
            level: severity === 'damage' ? 'error' : 'info',
            code: kind,
            message: `${message} ${meaning} ${remedy}`,
            object: object.name,
          }),
        // Names of files are not for everybody who may see the log.
        onAffected: ({ snapshot, path, kind, andMore }) =>
          context.missed({
            path: printable(path),
            kind: `affected-${kind}`,
            reason: `it cannot be restored whole from recovery point ${snapshot.slice(0, 8)}${andMore ? ', and there are more' : ''}`,
          }),
        onProgress: maintenanceProgress(context),
        signal,
      }),
    )
    return outcomeOf(checked, order)
  })
}

function outcomeOf(
  { damages, hints, snapshots, snapshotsAffected, bytesRead }: Checked,
  { readData }: CheckOrder,
): Outcome {
  const figures = { damages, hints, bytesProcessed: bytesRead }
  if (damages === 0) {
    const text = `No damage was found in ${formatCounted(snapshots, 'recovery point')}. ${readData ? 'All data was read.' : 'The content of packs was not read.'}`
    return { ending: 'done', figures, cause: { code: 'no-damage', text } }
  }
  return {
    ending: 'failed',
    figures,
    cause: {
      code: 'damage-found',
      text: `Damage was found: ${formatCounted(damages, 'finding')}, and ${snapshotsAffected} of ${formatCounted(snapshots, 'recovery point')} affected.`,
      remedy:
        'Remove nothing and prune nothing before it is mended. The log of this run says what each finding means and what to do.',
    },
  }
}
