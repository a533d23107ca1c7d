import { Worker } from 'node:worker_threads'

import { type Abortable, newStopped, runAtOnce, startJobCrew } from '../../base/index.ts'
import {
  type BlobIndex,
  type CompressionLevel,
  openPipeline,
  type PackMessage,
  type Repository,
} from '../../repository/index.ts'
import type { PackLedger } from '../inventory/pack-ledger.ts'
import { createPackLoader } from '../reading/pack-loader.ts'
import { halvesOf, type PackRun, runsOfPack } from '../reading/runs-of-pack.ts'
import type { MoveJobs, MoveManner, MoveWorkerData } from './messages.ts'

/** Reading on over so much that is not wanted costs no more than another request. */
const WORTH_READING_ON = 256 * 1024

/** Where blobs are. */
export interface MoveFrom {
  readonly repository: Repository
  readonly index: BlobIndex
  readonly ledger: PackLedger
}

/** Where they go. */
export interface MoveTo {
  readonly repository: Repository
  /** Told of what is stored. With `reseal`: what this lists already is not stored again. */
  readonly index: BlobIndex
  readonly manner: MoveManner
  /** For what is compressed. */
  readonly level?: CompressionLevel | undefined
  /** Bytes that new packs should reach. */
  readonly packBytes?: number | undefined
}

/** Blobs of one pack that are to lie elsewhere. */
export interface Move {
  readonly pack: number
  /** Entries of the index. */
  readonly entries: readonly number[]
}

/** What could not be moved from a pack. What could, was. */
export interface MoveFailure {
  readonly pack: number
  /** Entries of the blobs that cannot be read. */
  readonly lost: readonly number[]
  /** How many of them the storage did not hand out: they may be whole. */
  readonly unread: number
  readonly reason: string
}

export interface MoveBlobsOptions extends Abortable {
  readonly workers: number
  readonly onFailure: (failure: MoveFailure) => void
  /** Said of a thread that dies: whose it was, and whether data is safe. */
  readonly words?: { readonly crewOf: string; readonly safety: string } | undefined
  /** Told of each pack that was dealt with. */
  readonly onPack?: ((move: Move) => void) | undefined
}

/** What was stored. */
export interface MovesDone {
  readonly blobs: number
  /** Bytes of new packs. */
  readonly bytes: number
}

const WORDS = { crewOf: 'those that move blobs', safety: 'Nothing was removed.' }
const READS_AHEAD = 2
/** Of one pack: each takes half a minute, where a disk is damaged. One bad spot among thousands of blobs takes twelve. */
const MOST_FAILURES = 16

/**
 * Copies blobs to new packs, each proved before. When this resolves, the new packs are stored and listed in index files;
 * the old ones are as they were.
 *
 * What is damaged is told, and no failure. Rejects with the signal's reason, with what the storages fail with as a whole,
 * and with `internal/defect` for a thread that died; `input/invalid` for a size of packs that cannot be,
 * `repository/unsupported` where the destination has format 1. Then what is complete is listed as far as that can be done,
 * so that the same need not be done again, and the old packs are as they were.
 */
export async function moveBlobs(
  { repository, index, ledger }: MoveFrom,
  to: MoveTo,
  moves: Iterable<Move>,
  { workers, onFailure, words = WORDS, onPack, signal }: MoveBlobsOptions,
): Promise<MovesDone> {
  const broken = new AbortController()
  const either = AbortSignal.any([broken.signal, ...(signal ? [signal] : [])])
  const { shared, bell, packs } = openPipeline(to.repository, to.index, (error) => broken.abort(error), {
    workers,
    level: to.level,
    packBytes: to.packBytes,
    signal,
  })
  const stopped = newStopped()
  const workerData: MoveWorkerData = {
    masterKey: repository.masterKey,
    index: index.shared,
    pipeline: shared,
    manner: to.manner,
    stopped,
  }
  const threads = Array.from(
    { length: workers },
    () => new Worker(new URL('./move-worker.ts', import.meta.url), { workerData }),
  )
  const crew = startJobCrew<MoveJobs, never, void, PackMessage>(threads, stopped, {
    ...words,
    onSaid: (pack) => packs.receive(pack),
  })
  // A thread that waits for a pack to be stored must hear that none will be.
  either.addEventListener('abort', () => bell.stop(), { once: true })
  const loader = createPackLoader(repository.storage, { signal: either })
  let blobs = 0

  async function moveOf(move: Move): Promise<void> {
    const { pack, entries } = move
    const lost: number[] = []
    let reason = ''
    let failures = 0
    let unread = 0
    /** A pack may have more blobs than a call may have arguments. */
    const note = (some: Iterable<number>): void => {
      for (const entry of some) lost.push(entry)
    }
    const { runs, beyond } = runsOfPack(index, entries, ledger.size(pack), WORTH_READING_ON)
    if (beyond.length > 0) reason = 'the pack ends before they do'
    note(beyond)

    async function moveRun({ offset, length, within }: PackRun): Promise<void> {
      const failure = await loader.load(ledger.nameOf(pack), offset, length, async (bytes) => {
        const moved = await crew.run('move', { ...bytes, entries: Uint32Array.from(within) })
        blobs += moved.blobs
        note(moved.damaged)
        reason ||= moved.firstReason
      })
      if (failure === undefined) return
      reason ||= failure
      // A bad spot of a disk takes the whole run with it: what lies beside it can still be read.
      if (within.length > 1 && ++failures < MOST_FAILURES)
        for (const half of halvesOf(index, within)) await moveRun(half)
      else {
        note(within)
        unread += within.length
      }
    }

    for (const run of runs) await moveRun(run)
    if (lost.length > 0) onFailure({ pack, lost, unread, reason })
    onPack?.(move)
  }

  try {
    const left = moves[Symbol.iterator]()
    await runAtOnce(workers + READS_AHEAD, () => {
      either.throwIfAborted()
      const next = left.next()
      return next.done ? undefined : () => moveOf(next.value)
    })
    await crew.finish()
    await packs.finish()
    return { blobs, bytes: packs.bytesStored }
  } catch (error) {
    bell.stop()
    await crew.end()
    await packs.keep()
    either.throwIfAborted()
    throw error
  }
}
