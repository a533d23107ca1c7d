import { formatCounted } from '../../base/index.ts'
import { printable } from '../../file-system/index.ts'
import { availableWorkers } from '../../repository/index.ts'
import {
  refuseRepository,
  restore,
  type Restored,
  type RestoreProblem,
  startRestoreThreads,
} from '../../restorer/index.ts'
import { loadSnapshot, parseEntryPath } from '../../snapshot/index.ts'
import type { RestoreOrder } from '../process/order.ts'
import type { Outcome } from '../process/report.ts'
import type { RunContext } from '../process/run-context.ts'
import { withVault } from './open-vault.ts'
import { orWithoutCache } from './or-without-cache.ts'
import { patternOfPath } from './path-pattern.ts'
import { restoreProgress } from './restore-progress.ts'

/** Brings paths of a recovery point back as files. */
export function restorePoint(order: RestoreOrder, context: RunContext): Promise<Outcome> {
  const target = parseEntryPath(order.target)
  refuseRepository(target)
  return orWithoutCache(order, context, (wanted) => bringBack(wanted, target, context))
}

async function bringBack(order: RestoreOrder, target: Buffer, context: RunContext): Promise<Outcome> {
  const threads = startRestoreThreads(availableWorkers())
  try {
    return await withVault(
      order,
      context,
      'shared',
      async ({ repository, signal }) => {
        const snapshot = await loadSnapshot(repository, order.snapshotId, { signal })
        const index = await repository.loadIndex({ purpose: 'read', signal })
        const isAll = order.paths.includes('/')
        const restored = await context.step('restore', () =>
          restore(repository, index, {
            tree: Buffer.from(snapshot.tree, 'hex'),
            target,
            // The order names the physical path that was checked, and a link that somebody put there since is not it.
            holdsToPath: true,
            selection: isAll ? {} : { includes: order.paths.map(patternOfPath) },
            overwrite: order.overwrite,
            sparse: true,
            verify: order.verify,
            dryRun: false,
            workers: threads.threads.length,
            threads,
            onProblem: (problem) => tellProblem(context, problem),
            onProgress: restoreProgress(context),
            signal,
          }),
        )
        return outcomeOf(restored, order)
      },
      { laneMixer: threads.laneMixer },
    )
  } finally {
    await threads.end()
  }
}

function tellProblem({ missed }: RunContext, { part, path, reason }: RestoreProblem): void {
  missed({ path: path.length === 0 ? '/' : printable(path), kind: part, reason })
}

function outcomeOf(restored: Restored, order: RestoreOrder): Outcome {
  const { selected, lost, problems, filesDone, filesSkipped, bytesWritten, filesTotal, bytesTotal } = restored
  const figures = {
    filesRestored: filesDone - restored.filesLost - filesSkipped,
    filesLost: lost,
    filesSkipped,
    bytesRestored: bytesWritten,
    bytesProcessed: bytesTotal,
  }
  if (selected === 0) {
    return {
      ending: 'failed',
      figures,
      cause: {
        code: 'nothing-selected',
        text: 'The recovery point has nothing of what was chosen, so nothing was written.',
        remedy: 'Look into the recovery point and choose again.',
      },
    }
  }
  if (lost > 0) {
    return {
      ending: filesTotal > 0 && lost >= filesTotal ? 'failed' : 'warning',
      figures,
      cause: {
        code: 'files-lost',
        text: `${formatCounted(lost, 'entry', 'entries')} could not be brought back as they were; all else is there.`,
        remedy: 'Look at the list of what was not restored: it says why. Another recovery point may have it.',
      },
    }
  }
  if (problems > 0) {
    return {
      ending: 'warning',
      figures,
      cause: {
        code: 'metadata-lost',
        text: 'All content is back; owners, times or attributes of some entries are not what they were.',
        remedy: 'Look at the list of what was not restored.',
      },
    }
  }
  if (filesSkipped > 0 && order.overwrite === 'never') {
    return {
      ending: 'done',
      figures,
      cause: {
        code: 'files-kept',
        text: `${formatCounted(filesSkipped, 'file')} ${filesSkipped === 1 ? 'was' : 'were'} there already and stayed.`,
      },
    }
  }
  return { ending: 'done', figures }
}
