import { formatBytes, formatCounted } from '../../../base/index.ts'
import { begunGraces, earlyEnds, type PrunePlan } from '../../../maintenance/index.ts'
import { brakesOf } from '../../../policy/index.ts'
import { readClocks } from '../forget/clocks.ts'
import { brakeText } from '../forget/reason-text.ts'
import { unconfirmed, wouldStop } from '../forget/unconfirmed.ts'
import type { Session } from '../session/session.ts'

/**
 * Stops where a grace would end too early by a clock that is wrong, by as much as stops a forget, too (RET-22): one that is
 * over only because the clock is ahead, or one that begins while the clock is behind. What was promised to a person ends by
 * the calendar, and a clock that is wrong is no calendar. A dry run says it.
 *
 * @throws CoreError `policy/unconfirmed`
 */
export async function confirmGraces(
  session: Session,
  plan: PrunePlan,
  { dryRun }: { readonly dryRun: boolean },
): Promise<void> {
  const begun = begunGraces(plan)
  if (plan.summary.due.packs + begun.packs === 0) return
  const { evidence } = await readClocks(session, { kinds: ['lock', 'index'] })
  for (const brake of brakesOf({ ...evidence, now: plan.now, points: 0, removed: 0 })) {
    if (brake.kind !== 'clock') continue
    const { packs, bytes } = brake.by > 0 ? earlyEnds(plan, brake.by) : begun
    if (packs === 0) continue
    const reason = `the grace of ${formatCounted(packs, 'pack')} of ${formatBytes(bytes)} would end too early, as ${brakeText(brake)}`
    if (!dryRun) throw unconfirmed(reason, { remedy: brake.by > 0 ? SET_BACK : SET_FORWARD })
    session.output.say(wouldStop(reason))
    return
  }
}

const SET_BACK = 'Set the clock right, then run this again. If it is right, give --yes: what waits is removed by it.'
const SET_FORWARD = 'Set the clock right, then run this again. If it is right, give --yes: the grace begins by it.'
