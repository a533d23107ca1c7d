import { type Abortable, reasonOf } from '../base/index.ts'
import { descriptorPath } from '../file-system/index.ts'
import { type BlobIndex, createTreeLoader, type Repository } from '../repository/index.ts'
import { createRestoreSelection, type RestoreSelectionOptions } from '../selection/index.ts'
import { openTargetTree } from '../target/index.ts'
import { createCollector, type Totals } from './collect.ts'
import { createFileSet, type FileSet } from './file-set.ts'
import type { Problem } from './messages.ts'
import { namingOf, type Overwrite } from './overwrite.ts'
import type { RestoreProgress } from './progress.ts'
import { startRestoreCrew } from './restore-crew.ts'
import { type RestoreThreads, startRestoreThreads } from './restore-threads.ts'
import { createRoomCounter, tooLittleRoom } from './room.ts'
import type { OutcomeCounts } from './set/outcome.ts'
import { createSetRestorer } from './set/set-restorer.ts'
import { TALLY } from './tally.ts'
import { walkSnapshot } from './walk.ts'

/** Something that was not restored as it was. */
export type RestoreProblem = Problem

export interface RestoreOptions extends Abortable {
  /** Id of the tree whose entries are restored. */
  readonly tree: Buffer
  /** Absolute path. Made where it is missing. */
  readonly target: Buffer
  readonly selection: RestoreSelectionOptions
  readonly overwrite: Overwrite
  /** Leaves runs of zeros out of new files. */
  readonly sparse: boolean
  /** Reads every restored file again. */
  readonly verify: boolean
  /** Says what would be restored, and writes nothing. */
  readonly dryRun: boolean
  readonly workers: number
  /** As many threads as `workers`, started before. Whoever started them ends them when they were not needed. */
  readonly threads?: RestoreThreads | undefined
  /** Entries of a file set: fewer take less memory, more read fewer packs twice. */
  readonly mostEntries?: number | undefined
  readonly onProblem: (problem: RestoreProblem) => void
  /** Called some times a second. */
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined
}

export interface Restored extends RestoreProgress {
  /** Entries of all kinds that the selection takes. */
  readonly selected: number
  readonly problems: number
  /** Entries of all kinds that are not what they were: damaged, missing or not to be written. */
  readonly lost: number
  /** Those of them that were not told of one by one: they lie in folders that could not be made, which was told. */
  readonly unnamedLost: number
}

const PROGRESS_EVERY = 200

/** Brings a tree back as files. Throws `target/full`, with the numbers, before anything is written. */
export async function restore(repository: Repository, index: BlobIndex, options: RestoreOptions): Promise<Restored> {
  const { target: targetPath, workers, onProgress } = options
  let problems = 0
  let lost = 0
  const report = (problem: Problem): void => {
    problems++
    if (problem.part === 'file') lost++
    options.onProblem(problem)
  }
  const set = createFileSet(options.mostEntries)
  const walk = prepareWalk(repository, index, options, set, report)

  // Counted first, so that the numbers are known before anything is written. What fits one set is kept.
  let isOneSet = true
  const totals = await walk(() => {
    isOneSet = false
  })
  const { selected } = totals
  const isNothing = selected === 0 && Object.values(options.selection).some((patterns) => patterns !== undefined)
  if (options.dryRun || isNothing) return { ...nothingDone(totals), selected, problems, lost, unnamedLost: 0 }

  const target = openTargetTree(targetPath)
  const tally = TALLY.allocate(workers)
  const crew = startRestoreCrew(options.threads ?? startRestoreThreads(workers), {
    masterKey: repository.masterKey,
    index: index.shared,
    // The folder that is open here, whatever has its name by then.
    target: Buffer.from(descriptorPath(target.folder(Buffer.alloc(0)))),
    sparse: options.sparse,
    naming: namingOf(options.overwrite),
    tally,
  })
  const restorer = createSetRestorer({ repository, index, target, crew, workers, options, report })
  /** Gives every set to `work`. */
  const forEachSet = async (work: (set: FileSet) => Promise<void> | void): Promise<void> => {
    if (!isOneSet) await walk(work)
    await work(set)
  }
  const progress = (): RestoreProgress => progressOf(totals, restorer.counts, TALLY.sum(tally), options)
  const timer = setInterval(() => onProgress?.(progress()), PROGRESS_EVERY)
  const stop = (): void => crew.stop()
  options.signal?.addEventListener('abort', stop, { once: true })
  try {
    const free = Number(target.freeBytes())
    if (totals.bytes > free) {
      // Exactly: what is there already needs no room again.
      const room = createRoomCounter(target, index, options)
      await forEachSet((each) => room.add(each, { signal: options.signal }))
      if (room.needed > free) throw tooLittleRoom(targetPath, room.needed, free)
    }
    await forEachSet((each) => restorer.run(each))
    restorer.finishFolders()
    onProgress?.(progress())
    const { unnamedLost } = restorer.counts
    return { ...progress(), selected, problems, lost: lost + unnamedLost, unnamedLost }
  } finally {
    clearInterval(timer)
    options.signal?.removeEventListener('abort', stop)
    await crew.end()
    restorer.giveUp()
    target.close()
  }
}

/**
 * Returns a function that walks the snapshot and collects it into `set`: gives it away when it is full, and leaves in it
 * what comes last. A large snapshot is walked more than once; what cannot be read is reported once.
 */
function prepareWalk(
  repository: Repository,
  index: BlobIndex,
  { tree, selection: patterns, signal }: RestoreOptions,
  set: FileSet,
  report: (problem: Problem) => void,
): (onFull: (set: FileSet) => Promise<void> | void) => Promise<Totals> {
  const selection = createRestoreSelection(patterns)
  const unreadable = new Set<string>()
  function onUnreadable(path: Buffer, error: unknown): void {
    const key = path.toString('latin1')
    if (unreadable.has(key)) return
    unreadable.add(key)
    report({ part: 'file', path, reason: reasonOf(error) })
  }
  return async (onFull) => {
    const collector = createCollector(set, { onFull: async (full) => onFull(full), onUnreadable })
    await walkSnapshot(createTreeLoader(repository, index), tree, selection, collector, { signal })
    return collector.totals
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

function nothingDone({ files: filesTotal, bytes: bytesTotal, folders: foldersTotal }: Totals): RestoreProgress {
  const none = { filesDone: 0, bytesDone: 0, bytesWritten: 0, bytesVerified: 0, filesSkipped: 0, filesLost: 0 }
  return { filesTotal, bytesTotal, foldersTotal, ...none }
}
