import { formatCount, formatCounted, systemClock } from '../../../base/index.ts'
import {
  type DamagedPacks,
  findDamagedPacks,
  planPackRepair,
  repairPacks,
  type RepairProgress,
  type SavedPack,
} from '../../../maintenance/index.ts'
import { availableWorkers, nameByPrefix } from '../../../repository/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { NOTHING_CHANGED, tellingIfStopped } from '../../stopped.ts'
import { refuseNoLock } from '../session/refuse-no-lock.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import { showProgress } from '../text/show-progress.ts'
import type { RepairPacksCommandOptions } from './repair-options.ts'
import { FINDING, REPAIRING } from './repairing.ts'

export function runRepairPacks(ids: readonly string[], options: RepairPacksCommandOptions): Promise<ExitCode> {
  const { dryRun = false, workers = availableWorkers() } = options
  refuseNoLock(options)
  const repairing = withSession(options, dryRun ? 'shared' : 'exclusive', async (session) => {
    const { repository, output, signal } = session
    const isNamed = ids.length > 0
    const { damaged: packs, unread } = isNamed ? await named(session, ids) : await findDamaged(session, workers)
    for (const { name, message } of unread) tellUnread(session, name, message)
    const plan = packs.length > 0 ? await planPackRepair(repository, packs, { signal }) : undefined
    for (const pack of packs) {
      output.say(`Pack ${pack.slice(0, 10)} is ${isNamed ? 'meant' : 'damaged'}.`)
      output.emit({ message_type: 'pack', id: pack })
    }
    const counts = { packs: packs.length, saved: 0, lost: 0, kept: unread.length }
    if (plan && !dryRun) {
      const onProgress = (progress: RepairProgress): void => showProgress(output, REPAIRING, progress)
      const onPack = (saved: SavedPack): void => {
        counts.saved += saved.saved
        if (saved.state === 'kept') counts.kept++
        else counts.lost += saved.lost
        tellPack(session, saved)
      }
      await repairPacks(repository, plan, {
        workers,
        now: systemClock.now(),
        evenUnread: isNamed,
        onProgress,
        signal,
        onPack,
      })
    }
    if (packs.length === 0)
      output.say(unread.length > 0 ? 'Nothing was changed.' : 'No pack is damaged. Nothing is to be done.')
    else if (dryRun) output.say('Dry run: nothing was changed.')
    else {
      output.say(
        `Saved ${formatCounted(counts.saved, 'blob')} of ${formatCounted(packs.length, 'pack')}; ${formatCount(counts.lost)} cannot be read.`,
      )
      if (counts.lost > 0) {
        output.say(
          'Back up again: what the sources still have is stored anew. `holdfast repo check` then says what is lost, and `repair snapshots` leaves it out.',
        )
      }
    }
    output.emit({
      message_type: 'summary',
      dry_run: dryRun,
      packs: counts.packs,
      blobs_saved: counts.saved,
      blobs_lost: counts.lost,
      packs_not_read: counts.kept,
    })
    return counts.lost + counts.kept > 0 ? EXIT.warnings : EXIT.done
  })
  return tellingIfStopped(dryRun ? NOTHING_CHANGED : STOPPED, repairing)
}

const STOPPED = 'What was saved is in new packs, and nothing that can be read is lost: the same command does the rest.'

function tellPack(session: Session, { name, state, saved, lost, reason }: SavedPack): void {
  const { output } = session
  if (state === 'kept') {
    tellUnread(session, name, `Pack ${name.slice(0, 10)} could not be read whole: ${reason}.`)
    return
  }
  const said = `Pack ${name.slice(0, 10)}: ${formatCounted(saved, 'blob')} saved`
  if (lost > 0) output.warn(`${said}, ${formatCount(lost)} cannot be read (${reason}).`)
  else output.say(`${said}.`)
  output.emit({ message_type: 'saved', id: name, blobs_saved: saved, blobs_lost: lost, reason })
}

/** Of what the storage does not hand out nobody knows that it is lost. */
function tellUnread({ output }: Session, name: string, message: string): void {
  output.warn(
    `${message} It may be whole, and stays as it is. Look for disk or network errors in the system log and run this again; if the storage will never hand it out, name it: \`holdfast repo repair packs ${name.slice(0, 10)}\`.`,
  )
  output.emit({ message_type: 'not_read', id: name })
}

async function named({ repository, signal }: Session, ids: readonly string[]): Promise<DamagedPacks> {
  const names: string[] = []
  for await (const { name } of repository.storage.list('pack', { signal })) names.push(name)
  return { damaged: ids.map((id) => nameByPrefix(names, id, PACK)), unread: [] }
}

const PACK = { noun: 'pack', remedy: '`holdfast repo check` names damaged packs.' }

function findDamaged({ repository, output, signal }: Session, workers: number): Promise<DamagedPacks> {
  return findDamagedPacks(repository, {
    workers,
    signal,
    onProgress: (progress) => showProgress(output, FINDING, progress),
  })
}
