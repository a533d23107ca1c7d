import { CoreError, formatBytes, formatCounted, systemClock } from '../../../base/index.ts'
import type { PrunePlan } from '../../../maintenance/index.ts'
import type { ExitCode } from '../../exit-code.ts'
import { NOTHING_CHANGED, tellingIfStopped } from '../../stopped.ts'
import { confirmGraces } from '../confirm/confirm-graces.ts'
import { refuseNoLock } from '../session/refuse-no-lock.ts'
import { withSession } from '../session/with-session.ts'
import { limitsOf } from './limits-of-options.ts'
import type { PruneOptions } from './prune-options.ts'
import { finishSession, planSession } from './prune-session.ts'

export function runPrune(options: PruneOptions): Promise<ExitCode> {
  const { dryRun = false, yes = false, workers } = options
  const limits = limitsOf(options)
  refuseNoLock(options)
  const pruning = withSession(options, dryRun ? 'shared' : 'exclusive', async (session) => {
    const since = systemClock.monotonic()
    const plan = await planSession(session, { limits, workers })
    if (!dryRun && !yes) refuseAll(plan)
    if (!yes) await confirmGraces(session, plan, { dryRun })
    return await finishSession(session, plan, { dryRun, workers, since })
  })
  return tellingIfStopped(dryRun ? NOTHING_CHANGED : STOPPED, pruning)
}

const STOPPED = 'Every snapshot is whole. What was done until then stays: the same command goes on from there.'

/** Where there is no snapshot nothing is needed. Whoever lost them must not lose the rest with them. */
function refuseAll({ summary: { snapshots, remove, unlisted, due } }: PrunePlan): void {
  const packs = remove.packs + unlisted.packs + due.packs
  if (snapshots > 0 || packs === 0) return
  throw new CoreError(
    'policy/unconfirmed',
    `Stopped for a person to confirm it: there is no snapshot, so all ${formatCounted(packs, 'pack')} of ${formatBytes(remove.bytes + unlisted.bytes + due.bytes)} would go.`,
    {
      safety: 'Nothing was removed.',
      remedy:
        'If there were snapshots, put the files in `snapshots` back from a copy of the repository. If all of it is to go, give --yes.',
    },
  )
}
