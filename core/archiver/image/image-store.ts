import { newStopped, startJobCrew } from '../../base/index.ts'
import {
  type BlobIndex,
  type BlobType,
  openPipeline,
  type PackMessage,
  type PipelineOptions,
  type Repository,
  sumCounts,
  type WriteCounts,
} from '../../repository/index.ts'
import type { ImageJobs, ImageWorkerData, ImageWorkerLast } from './image-messages.ts'
import type { ImageThreads } from './image-threads.ts'

/** Stores what threads read of a disk. */
export interface ImageStore {
  /** Bytes of packs stored so far. */
  readonly bytesStored: number
  /** Reads blocks and stores them. Resolves to their ids. Waits while every thread has enough to do. */
  storeBlocks(blocks: Uint32Array): Promise<Uint8Array>
  /** Resolves to the blob's id. */
  save(type: BlobType, plain: Uint8Array): Promise<Buffer>
}

export interface ImageStoreOptions extends PipelineOptions, Pick<ImageWorkerData, 'path' | 'descriptor' | 'layout'> {
  /** Taken over: they end with the work. */
  readonly threads: ImageThreads
}

export interface Stored<T> {
  readonly result: T
  readonly counts: WriteCounts
}

/** Does work that stores. When it resolves, everything that was stored is durable and listed. */
export async function withImageStore<T>(
  repository: Repository,
  index: BlobIndex,
  options: ImageStoreOptions,
  work: (store: ImageStore) => Promise<T>,
): Promise<Stored<T>> {
  const { threads, path, descriptor, layout, signal } = options
  signal?.throwIfAborted()
  const failed = Promise.withResolvers<never>()
  failed.promise.catch(() => undefined)
  const pipeline = openPipeline(repository, index, fail, options)
  const stopped = newStopped()
  const crew = startJobCrew<ImageJobs, never, ImageWorkerLast, PackMessage>(threads.threads, stopped, {
    crewOf: 'the backup',
    safety: 'No snapshot was made; what was stored before is safe.',
    onSaid: (pack) => pipeline.packs.receive(pack),
  })
  threads.begin(() => ({ pipeline: pipeline.shared, path, descriptor, layout, stopped }))

  function fail(error: unknown): void {
    failed.reject(error)
    pipeline.bell.stop()
  }
  const abort = (): void => fail(signal?.reason)
  signal?.addEventListener('abort', abort, { once: true })

  const store: ImageStore = {
    get bytesStored() {
      return pipeline.packs.bytesStored
    },
    storeBlocks: (blocks) => crew.run('blocks', { blocks }),
    save: async (type, plain) => Buffer.from(await crew.run('save', { type, plain })),
  }

  async function storeAll(): Promise<Stored<T>> {
    const result = await work(store)
    const counts = await crew.finish()
    await pipeline.packs.finish()
    return { result, counts: sumCounts(counts) }
  }

  let isWhole = false
  try {
    const stored = await Promise.race([storeAll(), failed.promise])
    isWhole = true
    return stored
  } finally {
    signal?.removeEventListener('abort', abort)
    if (!isWhole) pipeline.bell.stop()
    await crew.end()
    if (!isWhole) await pipeline.packs.keep()
  }
}
