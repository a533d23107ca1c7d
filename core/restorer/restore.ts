import { type Abortable, CoreError, formatBytes } from '../base/index.ts'
import { type BlobIndex, createTreeLoader, type Repository } from '../repository/index.ts'
import {
  createRestoreSelection,
  openTargetTree,
  printable,
  type RestoreSelectionOptions,
  type TargetTree,
} from '../source/index.ts'
import { createCollector, type Totals } from './collect.ts'
import type { FileSet } from './file-set.ts'
import type { Problem } from './messages.ts'
import type { Overwrite } from './overwrite.ts'
import type { RestoreProgress } from './progress.ts'
import { startRestoreCrew } from './restore-crew.ts'
import { bytesThere, createSetRestorer } from './set-restorer.ts'
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
  readonly onProblem: (problem: RestoreProblem) => void
  /** Called some times a second. */
  readonly onProgress?: ((progress: RestoreProgress) => void) | undefined
}

export interface Restored extends RestoreProgress {
  readonly problems: number
  /** Files whose content is not what it was: damaged, missing or not to be written. */
  readonly filesLost: number
}

const PROGRESS_EVERY = 200

/** Brings a tree back as files. Throws `target/full`, with the numbers, before anything is written. */
export async function restore(repository: Repository, index: BlobIndex, options: RestoreOptions): Promise<Restored> {
  const { tree, target: targetPath, workers, signal, onProgress } = options
  const selection = createRestoreSelection(options.selection)
  const trees = createTreeLoader(repository, index)
  let problems = 0
  let filesLost = 0
  const report = (problem: Problem): void => {
    problems++
    if (problem.part === 'file') filesLost++
    options.onProblem(problem)
  }
  /** A large snapshot is walked twice; a folder that cannot be read is reported once. */
  const unreadable = new Set<string>()
  const onUnreadable = (path: Buffer, error: unknown): void => {
    const key = path.toString('latin1')
    if (unreadable.has(key)) return
    unreadable.add(key)
    report({ part: 'file', path, reason: error instanceof Error ? error.message : String(error) })
  }

  // Counted first, so that the numbers are known before anything is written. What fits one set is kept.
  const seen = { sets: 1 }
  const counting = createCollector({
    onFull: () => {
      seen.sets++
      return Promise.resolve()
    },
    onUnreadable,
  })
  await walkSnapshot(trees, tree, selection, counting, { signal })
  const { totals } = counting
  if (options.dryRun) return { ...progressOf(totals, 0, 0, 0), problems, filesLost }

  const target = openTargetTree(targetPath)
  const written = new SharedArrayBuffer(workers * Float64Array.BYTES_PER_ELEMENT)
  const crew = startRestoreCrew(workers, (worker) => ({
    masterKey: repository.masterKey,
    index: index.shared,
    target: targetPath,
    sparse: options.sparse,
    written,
    worker,
  }))
  const restorer = createSetRestorer({ repository, index, target, crew, workers, options, report })
  const progress = (): RestoreProgress => {
    const bytes = new Float64Array(written).reduce((sum, each) => sum + each, 0)
    const { filesDone, filesSkipped, bytesSkipped } = restorer.counts
    return progressOf(totals, filesDone, bytes + bytesSkipped, filesSkipped)
  }
  const timer = setInterval(() => onProgress?.(progress()), PROGRESS_EVERY)
  try {
    requireRoom(totals, target, targetPath, counting.set)
    if (seen.sets === 1) {
      await restorer.run(counting.set)
    } else {
      const collector = createCollector({ onFull: (set: FileSet) => restorer.run(set), onUnreadable })
      await walkSnapshot(trees, tree, selection, collector, { signal })
      await restorer.run(collector.set)
    }
    restorer.finishFolders()
    onProgress?.(progress())
    return { ...progress(), problems, filesLost }
  } finally {
    clearInterval(timer)
    await crew.end()
    target.close()
  }
}

function progressOf(totals: Totals, filesDone: number, bytesDone: number, filesSkipped: number): RestoreProgress {
  const { files: filesTotal, bytes: bytesTotal, folders: foldersTotal } = totals
  return { filesTotal, bytesTotal, foldersTotal, filesDone, bytesDone, filesSkipped }
}

/** FS-23: refuses with the numbers when the target has too little room. What is there already needs none again. */
function requireRoom(totals: Totals, target: TargetTree, path: Buffer, set: FileSet): void {
  const free = Number(target.freeBytes())
  if (totals.bytes <= free) return
  const needed = totals.bytes - bytesThere(set, target)
  if (needed <= free) return
  throw new CoreError(
    'target/full',
    `Restoring to ${printable(path)} needs ${formatBytes(needed)}, and ${formatBytes(free)} are free there.`,
    {
      safety: 'Nothing was written; the recovery point is untouched.',
      remedy: `Free ${formatBytes(needed - free)}, choose another target, or restore a part of it with --include. With --sparse, holes need no room.`,
      context: { needed, free },
    },
  )
}
