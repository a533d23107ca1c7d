import { Worker } from 'node:worker_threads'

import type { Abortable } from '../base/index.ts'
import type {
  EntryAsked,
  EntryFacts,
  FindAsked,
  FolderPage,
  Found,
  ListAsked,
  ReaderWorkerData,
  SumAsked,
  Sums,
  Version,
} from './messages.ts'
import { createThreadClient } from './thread-client.ts'

/**
 * Looks into the recovery points of one vault, in a thread of its own. It takes no lock: what is removed meanwhile is told as
 * missing. The vault is opened for the first request, and for the next one where that fails.
 *
 * Each rejects with what opening the vault fails with, `storage/not-found` or `repository/damaged` for the snapshot,
 * `object/not-found` where it has no such entry, `service/busy` where too many wait, and `internal/defect` where the thread
 * breaks down: then nothing more can be asked of this reader. An aborted request rejects at once with the signal's reason.
 */
export interface PointReader {
  /** A part of a folder. Rejects with `input/invalid` where it is none. */
  list(asked: ListAsked, options?: Abortable): Promise<FolderPage>
  /** Searches all below a folder. What cannot be read is passed over. Rejects with `input/invalid` where it is no folder. */
  find(asked: FindAsked, options?: Abortable): Promise<Found>
  /** Undefined for the root. */
  version(asked: EntryAsked, options?: Abortable): Promise<Version | undefined>
  /** Counts what would be restored. What cannot be read is passed over. */
  sum(asked: SumAsked, options?: Abortable): Promise<Sums>
  facts(asked: EntryAsked, options?: Abortable): Promise<EntryFacts>
  /**
   * The content of a file, or a folder with all below it as a tar archive. It is read as it is taken; whoever stops taking
   * ends the reading. Fails as `streamFile` and `streamArchive` do.
   */
  stream(asked: EntryAsked, options?: Abortable): AsyncIterable<Uint8Array>
  /** What is stored in the vault has changed: whoever asks next is told of that, too. */
  renew(): void
  /** False once the thread has broken down, or was asked to end. */
  readonly isUsable: boolean
  /** Whether nobody is waiting for anything. */
  readonly isIdle: boolean
  /** Refuses what is under way, and resolves when the thread is gone. */
  end(): Promise<void>
}

export interface StartPointReaderOptions extends ReaderWorkerData {
  /** Starts the thread, with `serveReader` in it. Default: the one that is brought along. */
  readonly start?: ((data: ReaderWorkerData) => Worker) | undefined
}

/** MB of V8's heap that the thread may fill: where that is too little it breaks down alone. Trees and packs are beside it. */
const MOST_HEAP = 512

export function startPointReader({ start = startThread, store, password }: StartPointReaderOptions): PointReader {
  const client = createThreadClient(start({ store, password }))
  return {
    list: (asked, options) => client.ask('list', asked, options),
    find: (asked, options) => client.ask('find', asked, options),
    version: (asked, options) => client.ask('version', asked, options),
    sum: (asked, options) => client.ask('sum', asked, options),
    facts: (asked, options) => client.ask('facts', asked, options),
    stream: (asked, options) => ({
      async *[Symbol.asyncIterator]() {
        const stream = client.openStream()
        try {
          await client.ask('stream', { ...asked, stream: stream.number }, options)
          for (;;) {
            const piece = await client.ask('take', { stream: stream.number }, options)
            if (piece === undefined) return
            yield piece
          }
        } finally {
          stream.close()
        }
      },
    }),
    renew: () => client.tell({ type: 'renew' }),
    get isUsable() {
      return client.isUsable
    },
    get isIdle() {
      return client.isIdle
    },
    end: () => client.end(),
  }
}

function startThread(workerData: ReaderWorkerData): Worker {
  return new Worker(new URL('./worker/reader-worker.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP },
  })
}
