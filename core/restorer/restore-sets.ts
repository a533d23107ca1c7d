import { systemChance } from '../base/index.ts'
import { descriptorPath } from '../file-system/index.ts'
import type { BlobIndex, Repository } from '../repository/index.ts'
import { newPartMark, type TargetTree } from '../target/index.ts'
import type { Totals } from './collect.ts'
import type { FileSet } from './file-set.ts'
import type { Problem } from './messages.ts'
import { namingOf } from './overwrite.ts'
import type { RestoreProgress } from './progress.ts'
import { startRestoreCrew } from './restore-crew.ts'
import type { RestoreOptions } from './restore-options.ts'
import type { RestoreThreads } from './restore-threads.ts'
import type { OutcomeCounts } from './set/outcome.ts'
import { createSetRestorer } from './set/set-restorer.ts'
import { TALLY } from './tally.ts'

const PROGRESS_EVERY = 200

/** Gives every set of what is restored to `work`, one after the other. */
export type ForEachSet = (work: (set: FileSet) => Promise<void> | void) => Promise<void>

export interface RestoreParts {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly target: TargetTree
  readonly threads: RestoreThreads
  readonly totals: Totals
  readonly forEachSet: ForEachSet
  readonly options: RestoreOptions
  readonly report: (problem: Problem) => void
}

/** Restores every set with a crew of threads, which it ends. */
export async function restoreSets(parts: RestoreParts): Promise<RestoreProgress & { readonly unnamedLost: number }> {
  const { repository, index, target, threads, totals, forEachSet, options, report } = parts
  const { workers, onProgress } = options
  const tally = TALLY.allocate(workers)
  const partMark = newPartMark(systemChance)
  const crew = startRestoreCrew(threads, {
    masterKey: repository.masterKey,
    index: index.shared,
    // The folder that is open here, whatever has its name by then.
    target: Buffer.from(descriptorPath(target.folder(Buffer.alloc(0)))),
    sparse: options.sparse,
    naming: namingOf(options.overwrite),
    partMark,
    tally,
  })
  const restorer = createSetRestorer({ repository, index, target, crew, partMark, workers, options, report })
  const progress = (): RestoreProgress => progressOf(totals, restorer.counts, TALLY.sum(tally), options)
  const timer = setInterval(() => onProgress?.(progress()), PROGRESS_EVERY)
  const stop = (): void => crew.stop()
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    await forEachSet((each) => restorer.run(each))
    // Some file systems tell only when a file is closed that its bytes did not arrive.
    for (const problems of await crew.finish()) for (const problem of problems) restorer.report(problem)
    restorer.finishFolders()
    onProgress?.(progress())
    return { ...progress(), unnamedLost: restorer.counts.unnamedLost }
  } finally {
    clearInterval(timer)
    options.signal?.removeEventListener('abort', stop)
    await crew.end()
    restorer.giveUp()
  }
}

function progressOf(
  { files: filesTotal, bytes: bytesTotal, folders: foldersTotal }: Totals,
  { filesSkipped, filesLinked, filesLost, finishedLost, bytesRight, bytesKept }: Readonly<OutcomeCounts>,
  { bytesWritten, filesFinished, bytesVerified }: ReturnType<typeof TALLY.sum>,
  { verify }: RestoreOptions,
): RestoreProgress {
  return {
    filesTotal,
    bytesTotal,
    foldersTotal,
    filesDone: filesFinished + filesSkipped + filesLinked + filesLost - finishedLost,
    bytesDone: bytesWritten + bytesRight,
    bytesWritten,
    bytesVerified: verify ? bytesVerified + bytesKept : 0,
    filesSkipped,
    filesLost,
  }
}
