import { formatBytes, formatCounted } from '../../../base/index.ts'
import { earlyEnds, type PrunePlan } from '../../../maintenance/index.ts'
import { brakesOf } from '../../../policy/index.ts'
import { readClocks } from '../forget/clocks.ts'
import { brakeText } from '../forget/reason-text.ts'
import { unconfirmed, wouldStop } from '../forget/unconfirmed.ts'
import type { Session } from '../session/session.ts'

/**
 * Stops where packs would be removed whose grace is over only because the clock is ahead, by as much as stops a forget, too
 * (RET-22). What was promised to a person ends by the calendar, and a clock that is wrong is no calendar. A dry run says it.
 *
 * @throws CoreError `policy/unconfirmed`
 */
export async function confirmGraces(
  session: Session,
  plan: PrunePlan,
  { dryRun }: { readonly dryRun: boolean },
): Promise<void> {
  if (plan.summary.due.packs === 0) return
  const { evidence } = await readClocks(session)
  for (const brake of brakesOf({ ...evidence, now: plan.now, points: 0, removed: 0 })) {
    if (brake.kind !== 'clock' || brake.by <= 0) continue
    const { packs, bytes } = earlyEnds(plan, brake.by)
    if (packs === 0) continue
    const reason = `the grace of ${formatCounted(packs, 'pack')} of ${formatBytes(bytes)} would end too early, as ${brakeText(brake)}`
    if (!dryRun) throw unconfirmed(reason, { remedy: SET_THE_CLOCK })
    session.output.say(wouldStop(reason))
    return
  }
}

const SET_THE_CLOCK =
  'Set the clock right, then run this again. If it is right, give --yes: what waits is removed by it.'
