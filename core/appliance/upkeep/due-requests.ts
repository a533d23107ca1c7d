import { runsInStates } from '../../database/index.ts'
import { isEnd, RUN_STATES, type RunRequest, type RunRules } from '../../job/index.ts'
import { createDueBackups } from './due-backups.ts'
import { createDueSyncs } from './due-syncs.ts'
import type { DueTools } from './due-tools.ts'
import { dueUpkeep } from './due-upkeep.ts'

/**
 * What the policies of backup sets want by now, and what vaults want from time to time. Where no time has come nothing is
 * written: the queue is looked at every few seconds.
 */
export function createDueRequests(tools: DueTools): RunRules['due'] {
  const dueBackups = createDueBackups(tools)
  const dueSyncs = createDueSyncs(tools)
  return async (now) => {
    // Those that go on are few, however many have ended.
    const going = await runsInStates(tools.catalog.rows, GOING)
    const { looked, requests: backups } = await dueBackups(now, going)
    const requests: RunRequest[] = [
      ...backups,
      ...(await dueUpkeep(tools, now, going)),
      ...(await dueSyncs(now, going)),
    ]
    if (requests.length === 0 && looked.length === 0) return undefined
    return {
      requests,
      async note(rows) {
        if (looked.length === 0) return
        await rows.updateTable('backup_set').set({ looked_at: now }).where('id', 'in', looked).execute()
      },
    }
  }
}

/** States of a run that has not ended. */
const GOING = RUN_STATES.filter((state) => !isEnd(state))
