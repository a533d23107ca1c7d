import { type Abortable, reasonOf } from '../base/index.ts'
import { type BlobIndex, createTreeLoader, type Repository } from '../repository/index.ts'
import {
  createRestoreSelection,
  descriptorPath,
  openTargetTree,
  type RestoreSelectionOptions,
} from '../source/index.ts'
import { createCollector, type Totals } from './collect.ts'
import { createFileSet, type FileSet } from './file-set.ts'
import type { Problem } from './messages.ts'
import type { Overwrite } from './overwrite.ts'
import type { RestoreProgress } from './progress.ts'
import { startRestoreCrew } from './restore-crew.ts'
import { createRoomCounter, tooLittleRoom } from './room.ts'
import { createSetRestorer, type SetRestorer } from './set/set-restorer.ts'
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
  if (options.dryRun || isNothing) return { ...progressOf(totals, NOTHING_DONE, 0), selected, problems, lost }

  const target = openTargetTree(targetPath)
  const written = new SharedArrayBuffer(workers * Float64Array.BYTES_PER_ELEMENT)
  const crew = startRestoreCrew(workers, (worker) => ({
    masterKey: repository.masterKey,
    index: index.shared,
    // The folder that is open here, whatever has its name by then.
    target: Buffer.from(descriptorPath(target.folder(Buffer.alloc(0)))),
    sparse: options.sparse,
    written,
    worker,
  }))
  const restorer = createSetRestorer({ repository, index, target, crew, workers, options, report })
  /** Gives every set to `work`. */
  const forEachSet = async (work: (set: FileSet) => Promise<void> | void): Promise<void> => {
    if (!isOneSet) await walk(work)
    await work(set)
  }
  const progress = (): RestoreProgress => {
    const bytes = new Float64Array(written).reduce((sum, each) => sum + each, 0)
    return progressOf(totals, restorer.counts, bytes)
  }
  const timer = setInterval(() => onProgress?.(progress()), PROGRESS_EVERY)
  try {
    const free = Number(target.freeBytes())
    if (totals.bytes > free) {
      // Exactly: what is there already needs no room again.
      const room = createRoomCounter(target, index, options)
      await forEachSet((each) => room.add(each))
      if (room.needed > free) throw tooLittleRoom(targetPath, room.needed, free)
    }
    await forEachSet((each) => restorer.run(each))
    restorer.finishFolders()
    onProgress?.(progress())
    return { ...progress(), selected, problems, lost }
  } finally {
    clearInterval(timer)
    await crew.end()
    restorer.giveUpFolders()
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

const NOTHING_DONE: SetRestorer['counts'] = { filesDone: 0, filesSkipped: 0, filesLost: 0, bytesRight: 0 }

function progressOf(totals: Totals, counts: SetRestorer['counts'], written: number): RestoreProgress {
  const { files: filesTotal, bytes: bytesTotal, folders: foldersTotal } = totals
  const { filesDone, filesSkipped, filesLost, bytesRight } = counts
  const bytesDone = written + bytesRight
  return { filesTotal, bytesTotal, foldersTotal, filesDone, bytesDone, bytesWritten: written, filesSkipped, filesLost }
}
