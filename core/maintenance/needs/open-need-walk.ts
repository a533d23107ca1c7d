import { Worker } from 'node:worker_threads'

import { type Abortable, type JobCrew, newStopped, startJobCrew } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'
import { findPacks } from '../inventory/find-packs.ts'
import { type Inventory, readInventory } from '../inventory/read-inventory.ts'
import { createPackLoader } from '../reading/pack-loader.ts'
import { walkTrees } from '../reading/walk-trees.ts'
import { NOWHERE, THERE } from './copy-choice.ts'
import type { NeedsJobs, NeedsWorkerData } from './messages.ts'
import { createNeedLog, type NeededBelow } from './need-log.ts'

/** What a snapshot needs: its folders, and what its files hold. */
export interface WalkedNeeds extends NeededBelow {
  readonly snapshot: Pick<StoredSnapshot, 'id' | 'tree'>
  /** How many trees were read for it. Those that an earlier one has as well were not. */
  readonly trees: number
}

/** Finds out which packs snapshots need, by what the index files said when it was opened. Packs have numbers here. */
export interface NeedWalk {
  /** Those that an index lists, or that are there. Their numbers are the first of all. */
  readonly packCount: number
  nameOf(pack: number): string
  /** Whether a pack holds content of files and no folders, as far as an index says. */
  isData(pack: number): boolean
  /**
   * Says how well a pack can be had: 0 at best, 127 at worst. Where several packs hold a blob, the one that can be had
   * best counts as needed. Unless somebody says so, all that are there are alike. To be said before anything is walked.
   */
  rank(pack: number, rank: number): void
  /** In their order. A tree that several of them have is read once. */
  needsOf(snapshots: Iterable<Pick<StoredSnapshot, 'id' | 'tree'>>): AsyncGenerator<WalkedNeeds>
}

export interface NeedWalkOptions extends Abortable {
  readonly workers: number
  /** Bytes of what is remembered of trees; beyond that all of it is forgotten, and read again. Default: 128 MiB. */
  readonly mostRemembered?: number | undefined
}

const MOST_REMEMBERED = 128 * 1024 * 1024

/**
 * Reads the index files, and lists the packs. Packs that wait to be removed count where nothing else holds a blob.
 *
 * @throws CoreError `repository/damaged` where an index file cannot be read.
 */
export async function openNeedWalk(repository: Repository, options: NeedWalkOptions): Promise<NeedWalk> {
  const { signal } = options
  const inventory = await readInventory(repository, { signal, withWaiting: true })
  const { index, ledger } = inventory
  await findPacks(repository.storage, ledger, { signal })
  const packCount = ledger.count
  const ranks = new Uint8Array(new SharedArrayBuffer(packCount))
  for (let pack = 0; pack < packCount; pack++) ranks[pack] = Number.isNaN(ledger.size(pack)) ? NOWHERE : THERE
  const holds = contentsOf(inventory, packCount)
  return {
    packCount,
    nameOf: (pack) => ledger.nameOf(pack),
    isData: (pack) => holds[pack] === HOLDS.data,
    rank(pack, rank) {
      if (ranks[pack] !== NOWHERE) ranks[pack] = Math.min(rank, MOST_RANK)
    },
    async *needsOf(snapshots) {
      const claimed = new Uint8Array(new SharedArrayBuffer(Math.max(1, index.count)))
      const crew = startCrew(repository, inventory, { claimed, ranks, ...options })
      try {
        yield* walk(repository, inventory, snapshots, { crew, claimed, packCount, ...options })
      } finally {
        await crew.end()
      }
    },
  }
}

const MOST_RANK = 127
const HOLDS = { data: 1, trees: 2 } as const

function contentsOf({ index }: Inventory, packCount: number): Uint8Array {
  const holds = new Uint8Array(packCount)
  for (let entry = 0; entry < index.count; entry++) {
    const { type, pack } = index.locate(entry)
    holds[pack] = (holds[pack] ?? 0) | (type === 'tree' ? HOLDS.trees : HOLDS.data)
  }
  return holds
}

interface CrewOptions {
  readonly workers: number
  readonly claimed: Uint8Array<SharedArrayBuffer>
  readonly ranks: Uint8Array<SharedArrayBuffer>
}

function startCrew(
  { masterKey }: Repository,
  { index, listedBlobs }: Inventory,
  { workers, claimed, ranks }: CrewOptions,
): JobCrew<NeedsJobs> {
  const stopped = newStopped()
  const workerData: NeedsWorkerData = {
    masterKey,
    index: index.shared,
    listed: listedBlobs,
    claimed: claimed.buffer,
    ranks: ranks.buffer,
    stopped,
  }
  const threads = Array.from(
    { length: workers },
    () => new Worker(new URL('./tree-needs-worker.ts', import.meta.url), { workerData }),
  )
  return startJobCrew<NeedsJobs>(threads, stopped, { crewOf: 'the cache', safety: 'Nothing was changed.' })
}

interface WalkOptions extends NeedWalkOptions {
  readonly crew: JobCrew<NeedsJobs>
  readonly claimed: Uint8Array<SharedArrayBuffer>
  readonly packCount: number
}

async function* walk(
  { storage }: Repository,
  { index, ledger }: Inventory,
  snapshots: Iterable<Pick<StoredSnapshot, 'id' | 'tree'>>,
  { crew, claimed, packCount, workers, mostRemembered = MOST_REMEMBERED, signal }: WalkOptions,
): AsyncGenerator<WalkedNeeds> {
  const loader = createPackLoader(storage, { signal })
  const log = createNeedLog(index.count, packCount)
  for (const snapshot of snapshots) {
    signal?.throwIfAborted()
    const root = index.find('tree', Buffer.from(snapshot.tree, 'hex'))
    if (root < 0) {
      yield { snapshot, packs: new Uint32Array(), gaps: 1, trees: 0 }
      continue
    }
    if (log.bytes > mostRemembered) {
      log.clear()
      claimed.fill(0)
    }
    const trees = await walkTrees(
      [root],
      {
        index,
        ledger,
        loader,
        workers,
        claim: (entry) => Atomics.or(claimed, entry, 1) === 0,
        read: (job) => crew.run('trees', job),
        onRead: (needed) => log.add(needed),
        onLost: (entry) => log.addLost(index.find('tree', index.idOf(entry))),
      },
      { signal },
    )
    yield { snapshot, ...log.below(root), trees }
  }
}
