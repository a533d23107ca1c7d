import { argumentBytes, CoreError, systemClock } from '../../../base/index.ts'
import { printable } from '../../../file-system/index.ts'
import { availableWorkers } from '../../../repository/index.ts'
import { refuseRepository, restore, type RestoreThreads, startRestoreThreads } from '../../../restorer/index.ts'
import type { RestoreSelectionOptions } from '../../../selection/index.ts'
import { absolutePath, refuseNotText } from '../../byte-arguments.ts'
import type { ExitCode } from '../../exit-code.ts'
import { tellingIfStopped } from '../../stopped.ts'
import { missedWords } from '../lookup/missed-words.ts'
import { openSnapshot } from '../lookup/open-snapshot.ts'
import { excludesOf, patternsOf } from '../patterns/patterns-of-options.ts'
import type { Session } from '../session/session.ts'
import { withSession } from '../session/with-session.ts'
import type { RestoreCommandOptions } from './restore-options.ts'
import { createProblemReporter } from './restore-problems.ts'
import { showRestoreProgress } from './restore-progress.ts'
import { summarise } from './restore-summary.ts'

/** What may be any bytes: names of the file system. */
const TAKES_BYTES = [
  'target',
  ...['include', 'iinclude', 'exclude', 'iexclude'].flatMap((name) => [name, `${name}File`]),
]

export async function runRestore(wanted: string, options: RestoreCommandOptions): Promise<ExitCode> {
  refuseNotText(options, TAKES_BYTES)
  const work: RestoreWork = { wanted, options, target: targetOf(options), selection: selectionOf(options) }
  refuseRepository(work.target)
  const threads = startRestoreThreads(options.workers ?? availableWorkers())
  try {
    return await restoreWith(threads, work)
  } finally {
    await threads.end()
  }
}

/** What was asked for. */
interface RestoreWork {
  readonly wanted: string
  readonly options: RestoreCommandOptions
  readonly target: Buffer
  readonly selection: RestoreSelectionOptions
}

function restoreWith(threads: RestoreThreads, { wanted, options, target, selection }: RestoreWork): Promise<ExitCode> {
  const work = async (session: Session): Promise<ExitCode> => {
    const { repository, output, signal } = session
    const since = systemClock.monotonic()
    const { snapshot, index, root } = await openSnapshot(session, wanted, options)
    output.say(
      `Restoring snapshot ${snapshot.id.slice(0, 8)} of ${snapshot.paths.map((path) => printable(Buffer.from(path))).join(', ')} to ${printable(target)}.`,
    )
    const missed = missedWords(snapshot)
    if (missed !== undefined) output.warn(missed)
    const shown = createProblemReporter(output)
    const restored = restore(repository, index, {
      tree: root,
      target,
      selection,
      overwrite: options.overwrite,
      sparse: options.sparse ?? false,
      verify: options.verify ?? false,
      dryRun: options.dryRun ?? false,
      workers: threads.threads.length,
      threads,
      onProblem: (problem) => shown.report(problem),
      onProgress: showRestoreProgress(output, systemClock, { verify: options.verify ?? false }),
      signal,
    })
    // With these, files have their names only when they are whole.
    const isWhole = options.overwrite === 'never' || options.overwrite === 'if-newer'
    const result = await tellingIfStopped(
      `The restore is not complete: in ${printable(target)} files are missing${isWhole ? '' : ', and some are there in part'}. The same command again completes it.`,
      restored,
    )
    shown.finish()
    return summarise(output, result, snapshot, printable(target), systemClock.monotonic() - since, options)
  }
  return withSession(options, 'shared', work, { laneMixer: threads.laneMixer })
}

function selectionOf(options: RestoreCommandOptions): RestoreSelectionOptions {
  return {
    includes: patternsOf(options.include, options.includeFile),
    caseInsensitiveIncludes: patternsOf(options.iinclude, options.iincludeFile),
    ...excludesOf(options),
  }
}

function targetOf({ target, original }: RestoreCommandOptions): Buffer {
  // A variable that was never set is not the current folder.
  if (target !== undefined && target !== '') return absolutePath(argumentBytes(target))
  if (original) return Buffer.from('/')
  throw new CoreError('input/invalid', 'It was not said where to restore to.', {
    safety: 'Nothing was written.',
    remedy: 'Give --target FOLDER, or --original to restore to where everything was.',
  })
}
