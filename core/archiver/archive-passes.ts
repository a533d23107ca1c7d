import { type BlobIndex, type Repository, sumCounts } from '../repository/index.ts'
import type { StoredSnapshot } from '../snapshot/index.ts'
import type { PreparedRoot, PreparedSource } from '../source/index.ts'
import type { ArchiveThreads } from './archive-threads.ts'
import { archive, type Archived } from './archive.ts'
import type { BackupOptions } from './backup-options.ts'
import { type Estimate, startEstimate } from './estimate.ts'
import { FIGURES, withRetried } from './figures.ts'
import { createMissedList, type MissedList } from './missed-list.ts'
import { addressOf, buildRootTree, outermostOf } from './root-tree.ts'
import { watchRoots } from './unread-roots.ts'

export interface Passed {
  readonly archived: Archived
  readonly missed: MissedList
}

/**
 * Archives a prepared source: once, and where files were missed a second time, against what the first pass stored, so
 * that only these are read, and what has changed since (NAS-14). Throws `source/unreadable` where no root could be read.
 */
export async function archivePasses(
  repository: Repository,
  index: BlobIndex,
  parent: StoredSnapshot | undefined,
  { roots, reader, selection }: Pick<PreparedSource, 'roots' | 'reader' | 'selection'>,
  options: BackupOptions & { readonly emptiedRoots: readonly PreparedRoot[] },
): Promise<Passed> {
  const { onProgress, listMissed, missingRoots = [], emptiedRoots, threads, ...run } = options
  const newList = (): MissedList => {
    const list = createMissedList(listMissed?.())
    for (const path of missingRoots) list.add({ path, kind: 'root-missing', reason: 'it is not there' })
    for (const { path } of emptiedRoots)
      list.add({ path, kind: 'root-missing', reason: 'it is empty, and another folder than before' })
    return list
  }
  // To count anew would take a second walk, and an unchanged rescan is hardly more than one.
  const totals: Estimate | undefined = parent?.summary && {
    files: Number(parent.summary.totalFilesProcessed),
    bytes: Number(parent.summary.totalBytesProcessed),
    basis: 'parent',
  }
  const tree = buildRootTree(roots)
  const outermost = outermostOf(tree)
  const estimate =
    options.estimate === 'first' || (options.estimate && !totals)
      ? startEstimate({ roots: outermost.map(addressOf), reader, selection })
      : undefined
  let first: Archived | undefined
  let storedByFirst = 0
  let storedByPass = 0
  let missed = newList()
  const unread = watchRoots(outermost)

  const tellCounted = (): void =>
    onProgress?.({ figures: FIGURES.sum(FIGURES.allocate(1)), bytesStored: 0, estimate: estimate?.current() })

  const pass = (parentTree: Buffer | undefined, waiting?: ArchiveThreads): Promise<Archived> =>
    archive(repository, index, {
      ...run,
      roots: tree,
      reader,
      selection,
      parentTree,
      threads: waiting,
      onMissed(file) {
        unread.see(file)
        missed.add(file)
      },
      onProgress(figures, bytesStored) {
        storedByPass = bytesStored
        onProgress?.({
          figures: first ? withRetried(first.figures, figures) : figures,
          bytesStored: storedByFirst + bytesStored,
          estimate: estimate?.current() ?? totals,
        })
      },
    })

  try {
    if (options.estimate === 'first') await estimate?.counted(tellCounted, { signal: run.signal })
    first = await pass(parent && Buffer.from(parent.tree, 'hex'), threads)
    if (options.missed === 'next-run' || options.dryRun || !missed.isWorthTrying) {
      unread.refuseIfAll()
      return { archived: first, missed }
    }
    missed = newList()
    storedByFirst = storedByPass
    unread.forget()
    const second = await pass(first.tree)
    unread.refuseIfAll()
    return { archived: addCounts(first, second), missed }
  } finally {
    await estimate?.stop()
  }
}

/** What is in the second pass's tree, and what both stored. */
function addCounts(first: Archived, second: Archived): Archived {
  return {
    tree: second.tree,
    ...sumCounts([first, second]),
    figures: withRetried(first.figures, second.figures),
  }
}
