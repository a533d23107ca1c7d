import { CoreError } from '../base/index.ts'
import {
  type BlobIndex,
  openPipeline,
  type PipelineOptions,
  PipelineStopped,
  type Repository,
  sumCounts,
} from '../repository/index.ts'
import type { PreparedRoot, PreparedSource } from '../source/index.ts'
import { type ArchiveThreads, startArchiveThreads } from './archive-threads.ts'
import { type Crew, startCrew } from './crew.ts'
import { FIGURES, type Figures } from './figures.ts'
import type { ChangeDetection, MissedFile, WorkerReport } from './messages.ts'
import { createPackLoader } from './pack-loader.ts'
import { createParentTrees, type ParentTrees } from './parent-trees.ts'
import { addressOf, type RootFolder } from './root-tree.ts'

/** How a run is done, whatever it is about. */
export interface RunOptions extends PipelineOptions {
  readonly detection: ChangeDetection
  /** As many threads as `workers`, started before. Taken over: they end with this run. */
  readonly threads?: ArchiveThreads | undefined
}

export interface ArchiveOptions extends RunOptions, Pick<PreparedSource, 'reader' | 'selection'> {
  readonly roots: RootFolder
  /** The tree of the snapshot to compare with. Without one everything is read. */
  readonly parentTree?: Buffer | undefined
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

/** Stores what lies at the roots. The snapshot is the caller's to write, once it has decided that this is one. */
export async function archive(repository: Repository, index: BlobIndex, options: ArchiveOptions): Promise<Archived> {
  const { roots, reader, selection, parentTree, detection, workers, onMissed, onProgress, signal } = options
  signal?.throwIfAborted()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  const pipeline = openPipeline(repository, index, fail, options)
  const figures = FIGURES.allocate(workers)
  const crew = startCrew({
    threads: options.threads ?? startArchiveThreads(workers),
    bell: pipeline.bell,
    dataFor: (worker) => ({ pipeline: pipeline.shared, worker, reader, selection, detection, figures }),
    onPack: (message) => pipeline.packs.receive(message),
    onMissed,
    loadPack: createPackLoader(repository, index, { signal }),
    onFailure: fail,
  })
  const report = (): void => onProgress?.(FIGURES.sum(figures), pipeline.packs.bytesStored)
  const timer = setInterval(report, PROGRESS_EVERY)

  function fail(error: unknown): void {
    failed.reject(error)
    pipeline.bell.stop()
  }
  const abort = (): void => fail(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })

  async function work(): Promise<Archived> {
    const parents = createParentTrees(repository, index, { signal })
    const nodes = roots.whole
      ? [await entriesOf(roots.whole, parentTree, crew)]
      : await nodesOf(roots, parentTree, crew, parents)
    const tree = Buffer.from(await crew.run({ type: 'folder', nodes, of: undefined }))
    const reports = await crew.finish()
    await pipeline.packs.finish()
    report()
    return { tree, figures: FIGURES.sum(figures), ...sumCounts(reports) }
  }

  let isWhole = false
  try {
    const archived = await Promise.race([work(), failed.promise])
    isWhole = true
    return archived
  } catch (error) {
    throw error instanceof PipelineStopped
      ? new CoreError('internal/defect', 'The backup was stopped for no known reason.', { cause: error })
      : error
  } finally {
    clearInterval(timer)
    signal?.removeEventListener('abort', abort)
    pipeline.bell.stop()
    await crew.end()
    if (!isWhole) await pipeline.packs.keep()
  }
}

/** The encoded nodes of a folder on the way to roots, in the order of their names. */
function nodesOf(
  folder: RootFolder,
  parentTree: Buffer | undefined,
  crew: Crew,
  parents: ParentTrees,
): Promise<Uint8Array[]> {
  const names = [...folder.roots.keys(), ...folder.folders.keys()].toSorted()
  const pieces = names.flatMap((name) => {
    const deeper = folder.folders.get(name)
    if (deeper) return folderNode(name, deeper, parentTree, crew, parents)
    const root = folder.roots.get(name)
    return root ? entriesOf(root, parentTree, crew) : []
  })
  return Promise.all(pieces)
}

/** The node of a root; of `/` the nodes of all that is in it. */
function entriesOf(root: PreparedRoot, parentTree: Buffer | undefined, crew: Crew): Promise<Uint8Array> {
  const address = addressOf(root)
  return crew.run({
    type: 'entries',
    folder: { address, rootDevice: root.identity.device },
    names: address.root && Buffer.from(`${address.root.name}\0`, 'latin1'),
    parent: parentTree && { id: parentTree, plain: undefined },
  })
}

async function folderNode(
  name: string,
  folder: RootFolder,
  parentTree: Buffer | undefined,
  crew: Crew,
  parents: ParentTrees,
): Promise<Uint8Array> {
  const nodes = await nodesOf(folder, await parents.subtree(parentTree, name), crew, parents)
  return crew.run({ type: 'folder', nodes, of: { path: folder.path, name: Buffer.from(name, 'latin1') } })
}
