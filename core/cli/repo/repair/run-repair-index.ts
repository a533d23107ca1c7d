import { formatCounted } from '../../../base/index.ts'
import { type IndexRepairPlan, packsGone, planIndexRepair, repairIndex } from '../../../maintenance/index.ts'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import type { Output } from '../../output.ts'
import { NOTHING_CHANGED, tellingIfStopped } from '../../stopped.ts'
import { unconfirmed, wouldStop } from '../confirm/unconfirmed.ts'
import { refuseNoLock } from '../session/refuse-no-lock.ts'
import { withSession } from '../session/with-session.ts'
import { showProgress } from '../text/show-progress.ts'
import type { RepairIndexCommandOptions } from './repair-options.ts'
import { REPAIRING } from './repairing.ts'

export function runRepairIndex(options: RepairIndexCommandOptions): Promise<ExitCode> {
  const { dryRun = false, readAllPacks = false, yes = false } = options
  refuseNoLock(options)
  const repairing = withSession(options, dryRun ? 'shared' : 'exclusive', async ({ repository, output, signal }) => {
    const plan = await planIndexRepair(repository, { readAll: readAllPacks, signal })
    showPlan(output, plan)
    const gone = packsGone(plan)
    // A single pack does get lost, even one of two.
    if (gone && gone.packs > 1 && !yes) {
      if (!dryRun)
        throw unconfirmed(gone.words, { safety: 'Nothing was changed.', remedy: `${gone.remedy} ${TRULY_GONE}` })
      output.say(wouldStop(gone.words))
    }
    const isIdle = plan.missing.length + plan.toRead.length + plan.unreadable.length === 0
    if (dryRun || isIdle) {
      output.say(isIdle ? 'The index says what is there. Nothing is to be done.' : 'Dry run: nothing was changed.')
      output.emit({ message_type: 'summary', dry_run: dryRun, ...NOTHING })
      return EXIT.done
    }
    let failed = 0
    const done = await repairIndex(repository, plan, {
      signal,
      onProgress: (progress) => showProgress(output, REPAIRING, progress),
      onUnreadable(pack, reason) {
        failed++
        output.warn(`Pack ${pack.slice(0, 10)} is not listed by its header, which cannot be read: ${reason}.`)
      },
      onKept(name) {
        failed++
        output.warn(
          `Index ${name.slice(0, 10)} is damaged, and stays: nobody knows whether it lists packs whose headers cannot be read. Put the file or those packs back from a copy of the repository; where there is none, move it away, and run this again.`,
        )
        output.emit({ message_type: 'index', id: name, action: 'keep', reason: 'unreadable_headers' })
      },
      onFailed(name, error) {
        failed++
        output.warn(`Index ${name.slice(0, 10)} is damaged, and could not be removed: ${error.message}`)
      },
    })
    output.say(
      `Listed ${formatCounted(done.packsListed, 'pack')} with ${formatCounted(done.blobsListed, 'blob')}, forgot ${formatCounted(done.packsForgotten, 'pack')}, removed ${formatCounted(done.indexFilesRemoved, 'index file')} that could not be read.`,
    )
    if (done.packsForgotten > 0) {
      output.warn(
        `Forgot ${formatCounted(done.packsForgotten, 'pack')} that the index listed and that ${done.packsForgotten === 1 ? 'is' : 'are'} not there. Run \`holdfast repo check\` next: it says what is lost with ${done.packsForgotten === 1 ? 'it' : 'them'}, and what to do.`,
      )
    } else if (done.packsUnreadable > 0) {
      output.say('Run `holdfast repo check`: it says whether something is missing now.')
    }
    output.emit({
      message_type: 'summary',
      dry_run: false,
      packs_listed: done.packsListed,
      blobs_listed: done.blobsListed,
      packs_unreadable: done.packsUnreadable,
      packs_forgotten: done.packsForgotten,
      index_files_removed: done.indexFilesRemoved,
    })
    return failed + done.packsForgotten > 0 ? EXIT.warnings : EXIT.done
  })
  return tellingIfStopped(dryRun ? NOTHING_CHANGED : STOPPED, repairing)
}

const STOPPED = 'No pack was removed. The same command begins again, and does the rest.'

const TRULY_GONE = 'If the packs are truly gone, give --yes: what they held is lost then.'

const NOTHING = {
  packs_listed: 0,
  blobs_listed: 0,
  packs_unreadable: 0,
  packs_forgotten: 0,
  index_files_removed: 0,
}

function showPlan(output: Output, { inventory: { ledger }, unreadable, missing, toRead }: IndexRepairPlan): void {
  output.say(
    `${formatCounted(ledger.listed, 'pack')} listed; ${formatCounted(missing.length, 'pack')} of them not there, ${formatCounted(toRead.length, 'pack')} to be listed by their headers, ${formatCounted(unreadable.length, 'index file')} unreadable.`,
  )
  for (const name of unreadable)
    output.emit({ message_type: 'index', id: name, action: 'remove', reason: 'unreadable' })
  for (const pack of missing) {
    output.emit({ message_type: 'pack', id: ledger.nameOf(pack), action: 'unlist', reason: 'missing' })
  }
  for (const { name, size } of toRead) output.emit({ message_type: 'pack', id: name, action: 'list', bytes: size })
}
