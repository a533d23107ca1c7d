import { formatBytes, formatCounted } from '../../../base/index.ts'
import { doubtGraces, type PrunePlan } from '../../../maintenance/index.ts'
import type { Session } from '../session/session.ts'
import { brakeText } from './brake-text.ts'
import { readClocks } from './clocks.ts'
import { unconfirmed, wouldStop } from './unconfirmed.ts'

/**
 * Stops where a grace would end too early by a clock that is wrong (RET-22). A dry run says it.
 *
 * @throws CoreError `policy/unconfirmed`
 */
export async function confirmGraces(
  session: Session,
  plan: PrunePlan,
  { dryRun }: { readonly dryRun: boolean },
): Promise<void> {
  const doubt = await doubtGraces(plan, async () => (await readClocks(session, { kinds: ['lock', 'index'] })).evidence)
  if (!doubt) return
  const { brake, packs } = doubt
  const reason = `the grace of ${formatCounted(packs.packs, 'pack')} of ${formatBytes(packs.bytes)} would end too early, as ${brakeText(brake)}`
  if (!dryRun) throw unconfirmed(reason, { remedy: brake.by > 0 ? SET_BACK : SET_FORWARD })
  session.output.say(wouldStop(reason))
}

const SET_BACK = 'Set the clock right, then run this again. If it is right, give --yes: what waits is removed by it.'
const SET_FORWARD = 'Set the clock right, then run this again. If it is right, give --yes: the grace begins by it.'
