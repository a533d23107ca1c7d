import { reasonOf } from '../base/index.ts'
import { type BlobIndex, createTreeLoader, type Repository } from '../repository/index.ts'
import { createRestoreSelection } from '../selection/index.ts'
import { openTargetTree, type TargetTree } from '../target/index.ts'
import { createCollector, type Totals } from './collect.ts'
import { createFileSet, type FileSet } from './file-set.ts'
import type { Problem } from './messages.ts'
import type { RestoreProgress } from './progress.ts'
import type { RestoreOptions } from './restore-options.ts'
import { type ForEachSet, restoreSets } from './restore-sets.ts'
import { startRestoreThreads } from './restore-threads.ts'
import { createRoomCounter, fitsCertainly, tooLittleRoom } from './room.ts'
import { walkSnapshot } from './walk.ts'

export interface Restored extends RestoreProgress {
  /** Entries of all kinds that the selection takes. */
  readonly selected: number
  readonly problems: number
  /** Entries of all kinds that are not what they were: damaged, missing or not to be written. */
  readonly lost: number
  /** Those of them that were not told of one by one: they lie in folders that could not be made, which was told. */
  readonly unnamedLost: number
}

/** Brings a tree back as files. Throws `target/full`, with the numbers, before anything is written. */
export async function restore(repository: Repository, index: BlobIndex, options: RestoreOptions): Promise<Restored> {
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
  const forEachSet: ForEachSet = async (work) => {
    if (!isOneSet) await walk(work)
    await work(set)
  }
  if (options.dryRun && !isNothing) await checkRoomOfDryRun(index, totals, forEachSet, options)
  if (options.dryRun || isNothing) return { ...nothingDone(totals), selected, problems, lost, unnamedLost: 0 }

  const threads = options.threads ?? startRestoreThreads(options.workers)
  try {
    const target = openTargetTree(options.target, { holdsToPath: options.holdsToPath })
    try {
      await checkRoom(target, index, totals, forEachSet, options)
      const done = await restoreSets({ repository, index, target, threads, totals, forEachSet, options, report })
      return { ...done, selected, problems, lost: lost + done.unnamedLost }
    } finally {
      target.close()
    }
  } finally {
    if (options.threads === undefined) await threads.end()
  }
}

/** Nothing is made, the target neither. */
async function checkRoomOfDryRun(
  index: BlobIndex,
  totals: Totals,
  forEachSet: ForEachSet,
  options: RestoreOptions,
): Promise<void> {
  const target = openTargetTree(options.target, { holdsToPath: options.holdsToPath, makesRoot: false })
  try {
    await checkRoom(target, index, totals, forEachSet, options)
  } finally {
    target.close()
  }
}

async function checkRoom(
  target: TargetTree,
  index: BlobIndex,
  totals: Totals,
  forEachSet: ForEachSet,
  options: RestoreOptions,
): Promise<void> {
  if (fitsCertainly(totals, target.room(new Uint8Array(0))) && !target.hasMounts()) return
  // Exactly: what is there already needs no room again, and parts of it may lie on other file systems.
  const room = createRoomCounter(target, index, options)
  await forEachSet((each) => room.add(each, { signal: options.signal }))
  for (const need of room.needs) {
    const error = tooLittleRoom(options.target, need, options)
    if (error) throw error
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

function nothingDone({ files: filesTotal, bytes: bytesTotal, folders: foldersTotal }: Totals): RestoreProgress {
  const none = { filesDone: 0, bytesDone: 0, bytesWritten: 0, bytesVerified: 0, filesSkipped: 0, filesLost: 0 }
  return { filesTotal, bytesTotal, foldersTotal, ...none }
}
