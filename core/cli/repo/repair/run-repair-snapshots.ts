import { CoreError, formatCounted, systemClock } from '../../../base/index.ts'
import { assertListed, leaveOutLost, loadStoredBlobs } from '../../../maintenance/index.ts'
import { brakesOf } from '../../../policy/index.ts'
import { fitsFilter, loadSnapshots, REPAIRED, type StoredSnapshot } from '../../../snapshot/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { NOTHING_CHANGED, tellingIfStopped } from '../../stopped.ts'
import { brakeText } from '../confirm/brake-text.ts'
import { unconfirmed, wouldStop } from '../confirm/unconfirmed.ts'
import { removeTold } from '../forget/remove-told.ts'
import { chooseSnapshots } from '../lookup/choose-snapshots.ts'
import { snapshotFilter } from '../lookup/snapshot-options.ts'
import { renewSnapshots } from '../rewrite/renew-snapshots.ts'
import { refuseNoLock } from '../session/refuse-no-lock.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { tellLosses } from './loss-report.ts'
import type { RepairSnapshotsOptions } from './repair-options.ts'

export function runRepairSnapshots(ids: readonly string[], options: RepairSnapshotsOptions): Promise<ExitCode> {
  const { dryRun = false, forget = false, yes = false } = options
  refuseNoLock(options)
  const renewing = withSession(
    options,
    dryRun ? 'shared' : 'exclusive',
    async (session) => {
      const { repository, output, signal, presentPacks } = session
      if (forget && !dryRun) await assertListed(repository, { signal })
      const { snapshots, unreadable } = await choose(session, ids, options)
      const blobs = await loadStoredBlobs(repository, { signal, presentPacks })
      const losses = tellLosses(output)
      const code = await renewSnapshots(session, blobs, snapshots, {
        rewriting: leaveOutLost(repository, blobs, losses.report),
        tag: REPAIRED,
        forget,
        dryRun,
        onLost(lost) {
          const stopping =
            forget && !yes ? brakesText(snapshots.length + unreadable.length, lost + unreadable.length) : undefined
          if (stopping === undefined) return
          if (!dryRun) throw unconfirmed(stopping, HOW_TO_CONFIRM)
          output.say(wouldStop(stopping))
        },
      })
      losses.tellWaiting()
      await dealWithUnreadable(session, unreadable, forget && !dryRun)
      return losses.count + unreadable.length > 0 ? EXIT.warnings : code
    },
    { listPacks: true },
  )
  return tellingIfStopped(dryRun ? NOTHING_CHANGED : STOPPED, renewing)
}

const STOPPED =
  'Each snapshot is there, as it was or made anew, unless it was told that it is gone: the same command does the rest.'

/** Why a person is asked before snapshots go that nothing takes the place of (RET-22); undefined where nobody is. */
function brakesText(points: number, removed: number): string | undefined {
  const [brake] = brakesOf({ now: systemClock.now(), points, removed })
  return brake && `${brakeText(brake)}, and nothing would take their place`
}

const HOW_TO_CONFIRM = {
  safety: 'No snapshot was removed. Those that something is left of may have been made anew beside the old ones.',
  remedy:
    'If what they need was taken away (a copy of the repository, a disk that is not there), put it back, and run `holdfast repo repair index`. If it is lost for good, give --yes.',
}

interface Chosen {
  readonly snapshots: readonly StoredSnapshot[]
  /** Ids of snapshots of which nothing can be read, for certain. */
  readonly unreadable: readonly string[]
}

async function choose(session: Session, ids: readonly string[], options: RepairSnapshotsOptions): Promise<Chosen> {
  const filter = snapshotFilter(options, process.env)
  if (ids.length > 0) return { ...(await chooseSnapshots(session, ids, filter)), unreadable: [] }
  const unreadable: string[] = []
  const all = await loadSnapshots(session.repository, {
    signal: session.signal,
    onUnreadable(id, error) {
      if (!(error instanceof CoreError) || error.code !== 'repository/damaged') throw error
      unreadable.push(id)
    },
  })
  return { snapshots: all.filter((snapshot) => fitsFilter(snapshot, filter)), unreadable }
}

async function dealWithUnreadable(session: Session, ids: readonly string[], remove: boolean): Promise<void> {
  const { output } = session
  if (ids.length === 0) return
  for (const id of ids) {
    output.warn(`Snapshot ${id.slice(0, 8)} cannot be read: nobody knows what it held.`)
    output.emit({ message_type: 'unreadable', snapshot: id })
  }
  if (!remove) {
    output.say('--forget removes snapshots that cannot be read.')
    return
  }
  const left = await removeTold(session, ids)
  output.say(`Removed ${formatCounted(ids.length - left, 'snapshot')} that cannot be read.`)
}
