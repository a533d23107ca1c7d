import { type Abortable, CoreError } from '../base/index.ts'
import {
  type BlobIndex,
  type CompressionLevel,
  openPipeline,
  PipelineStopped,
  type Repository,
} from '../repository/index.ts'
import type { SelectionOptions } from '../source/index.ts'
import { type ArchiveThreads, startArchiveThreads } from './archive-threads.ts'
import { type Crew, startCrew } from './crew.ts'
import { allocateFigures, type Figures, sumFigures } from './figures.ts'
import type { ChangeDetection, MissedFile, WorkerReport } from './messages.ts'
import { createPackLoader } from './pack-loader.ts'
import { createParentTrees, type ParentTrees } from './parent-trees.ts'
import { addressOf, type Target, type TargetFolder } from './target-tree.ts'

export interface ArchiveOptions extends Abortable {
  readonly targets: TargetFolder
  readonly selection: SelectionOptions
  /** The tree of the snapshot to compare with. Without one everything is read. */
  readonly parentTree?: Buffer | undefined
  readonly detection: ChangeDetection
  readonly workers: number
  /** As many threads as `workers`, started before. Taken over: they end with this run. */
  readonly threads?: ArchiveThreads | undefined
  readonly level?: CompressionLevel | undefined
  readonly packBytes?: number | undefined
  /** Called for each thing that should have been read and was not. */
  readonly onMissed: (missed: MissedFile) => void
  /** Called some times a second. */
  readonly onProgress?: ((figures: Figures, bytesStored: number) => void) | undefined
}

export interface Archived extends WorkerReport {
  /** Id of the root tree. Everything it needs is durable in the repository. */
  readonly tree: Buffer
  readonly figures: Figures
}

const PROGRESS_EVERY = 200

/** Stores what lies at the targets. The snapshot is the caller's to write, once it has decided that this is one. */
export async function archive(repository: Repository, index: BlobIndex, options: ArchiveOptions): Promise<Archived> {
  const { targets, selection, parentTree, detection, workers, level, packBytes, onMissed, onProgress, signal } = options
  signal?.throwIfAborted()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  const pipeline = openPipeline(repository, index, fail, { workers, level, packBytes, signal })
  const figures = allocateFigures(workers)
  const crew = startCrew({
    threads: options.threads ?? startArchiveThreads(workers),
    bell: pipeline.bell,
    dataFor: (worker) => ({ pipeline: pipeline.shared, worker, selection, detection, figures }),
    onPack: (message) => pipeline.packs.receive(message),
    onMissed,
    loadPack: createPackLoader(repository, index, { signal }),
    onFailure: fail,
  })
  const report = (): void => onProgress?.(sumFigures(figures), pipeline.packs.bytesStored)
  const timer = setInterval(report, PROGRESS_EVERY)

  function fail(error: unknown): void {
    failed.reject(error)
    pipeline.bell.stop()
  }
  const abort = (): void => fail(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })

  async function work(): Promise<Archived> {
    const parents = createParentTrees(repository, index, { signal })
    const nodes = targets.whole
      ? [await entriesOf(targets.whole, parentTree, crew)]
      : await nodesOf(targets, parentTree, crew, parents)
    const tree = Buffer.from(await crew.run({ type: 'folder', nodes, of: undefined }))
    const reports = await crew.finish()
    await pipeline.packs.finish()
    report()
    return { tree, figures: sumFigures(figures), ...sumReports(reports) }
  }

  try {
    return await Promise.race([work(), failed.promise])
  } catch (error) {
    throw error instanceof PipelineStopped
      ? new CoreError('internal/defect', 'The backup was stopped for no known reason.', { cause: error })
      : error
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', abort)
    pipeline.bell.stop()
    await crew.end()
    if (signal?.aborted) await pipeline.packs.keep()
  }
}

/** The encoded nodes of a folder on the way to targets, in the order of their names. */
function nodesOf(
  folder: TargetFolder,
  parentTree: Buffer | undefined,
  crew: Crew,
  parents: ParentTrees,
): Promise<Uint8Array[]> {
  const names = [...folder.targets.keys(), ...folder.folders.keys()].toSorted()
  const pieces = names.flatMap((name) => {
    const deeper = folder.folders.get(name)
    if (deeper) return folderNode(name, deeper, parentTree, crew, parents)
    const target = folder.targets.get(name)
    return target ? entriesOf(target, parentTree, crew) : []
  })
  return Promise.all(pieces)
}

/** The node of a target; of `/` the nodes of all that is in it. */
function entriesOf(target: Target, parentTree: Buffer | undefined, crew: Crew): Promise<Uint8Array> {
  const address = addressOf(target)
  return crew.run({
    type: 'entries',
    folder: { address, rootDevice: target.identity.device },
    names: address.root && Buffer.from(`${address.root.name}\0`, 'latin1'),
    parent: parentTree && { id: parentTree, plain: undefined },
  })
}

async function folderNode(
  name: string,
  folder: TargetFolder,
  parentTree: Buffer | undefined,
  crew: Crew,
  parents: ParentTrees,
): Promise<Uint8Array> {
  const nodes = await nodesOf(folder, await parents.subtree(parentTree, name), crew, parents)
  return crew.run({ type: 'folder', nodes, of: { path: folder.path, name: Buffer.from(name, 'latin1') } })
}

function sumReports(reports: readonly WorkerReport[]): WorkerReport {
  const sum: WorkerReport = { dataBlobs: 0, treeBlobs: 0, bytesAdded: 0, bytesStored: 0 }
  for (const report of reports) {
    sum.dataBlobs += report.dataBlobs
    sum.treeBlobs += report.treeBlobs
    sum.bytesAdded += report.bytesAdded
    sum.bytesStored += report.bytesStored
  }
  return sum
}
