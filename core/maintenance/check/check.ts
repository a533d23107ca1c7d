import {
  type Abortable,
  type Chance,
  type Clock,
  CoreError,
  reasonOf,
  systemChance,
  systemClock,
} from '../../base/index.ts'
import type { BlobIndex, Repository } from '../../repository/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'
import { findPacks, unlistedPacks } from '../inventory/find-packs.ts'
import { type Inventory, readInventory } from '../inventory/read-inventory.ts'
import { createPackLoader } from '../reading/pack-loader.ts'
import { createProgressMeter, type ProgressMeter } from '../reading/progress.ts'
import { type BlobStates, createBlobStates } from './blob-states.ts'
import { startCheckCrew } from './check-crew.ts'
import { checkKeys, checkLocks, checkSnapshots } from './check-documents.ts'
import type { CheckPhase, CheckProgress } from './check-phase.ts'
import { checkTrees } from './check-trees.ts'
import { countUnused, type Unused } from './count-unused.ts'
import { type Finding, finding } from './finding.ts'
import { type Affected, tellImpact } from './impact.ts'
import { choosePacks, type PackChoice } from './pack-choice.ts'
import { readPacks } from './read-packs.ts'
import { reviewOrphans, reviewPacks } from './review-packs.ts'
import { reviewWaiting, waitingPacks } from './review-waiting.ts'
import { type UnusedBlob, unusedBlobs } from './unused-blobs.ts'

export interface CheckOptions extends Abortable {
  /** Which packs are read and proved to the last byte. Trees are read in any case. */
  readonly read: PackChoice
  readonly workers: number
  readonly onFinding: (finding: Finding) => void
  /** After damage: what it takes from each snapshot. */
  readonly onAffected?: ((affected: Affected) => void) | undefined
  /**
   * What no snapshot needs, told once: it is found as it is taken, and the check goes on when this resolves. Not called
   * where not all trees could be read.
   */
  readonly onUnused?: ((blobs: Iterable<UnusedBlob>) => Promise<void>) | undefined
  /** Called some times a second. */
  readonly onProgress?: ((progress: CheckProgress) => void) | undefined
  readonly clock?: Clock | undefined
  readonly chance?: Chance | undefined
}

/** What was looked at, and how much was found. */
export interface Checked {
  readonly snapshots: number
  readonly indexFiles: number
  /** Packs that are there. */
  readonly packs: number
  /** Of these: taken out of the index, and waiting to be removed. */
  readonly packsWaiting: number
  /** Blobs that the index lists. */
  readonly blobs: number
  /** Trees that were read, each once. */
  readonly trees: number
  readonly packsRead: number
  readonly blobsRead: number
  readonly bytesRead: number
  /** What a prune could remove; undefined where not all trees could be read. */
  readonly unused: Unused | undefined
  readonly damages: number
  readonly hints: number
  /** Snapshots that cannot be restored whole. */
  readonly snapshotsAffected: number
}

/**
 * Checks a repository. Nothing is changed, and damage does not end it: all of it is found and reported as it is found.
 *
 * What is read first needs what is read later: snapshots before indexes before the list of packs. A backup stores them
 * in the reverse order, so one that runs meanwhile (and a shared lock allows) is never mistaken for damage.
 *
 * Rejects with `storage/unreachable` when the storage as a whole is gone, and with the signal's reason.
 */
export async function check(repository: Repository, options: CheckOptions): Promise<Checked> {
  const { read, workers, onFinding, onProgress, clock = systemClock, chance = systemChance, signal } = options
  const counts = { damages: 0, hints: 0 }
  let isSomethingMissing = false
  function report(found: Finding): void {
    if (found.kind === 'tree-missing' || found.kind === 'content-missing') isSomethingMissing = true
    if (found.severity === 'damage') counts.damages++
    else counts.hints++
    onFinding(found)
  }
  const meter = createProgressMeter<CheckPhase>('documents', clock, onProgress)
  try {
    await checkKeys(repository, report, { signal })
    await checkLocks(repository, report, { signal })
    const unreadable = { snapshots: 0 }
    const snapshots = await checkSnapshots(
      repository,
      (found) => {
        unreadable.snapshots++
        report(found)
      },
      { signal },
    )
    const inventory = await takeInventory(repository, report, meter, { signal })
    const { index, ledger, files, trees: treesListed, listedBlobs } = inventory
    const waiting = waitingPacks(inventory)
    const packsThere = await findPacks(repository.storage, ledger, { signal })
    const states = createBlobStates(index)
    reviewPacks(index, ledger, waiting, states, report)
    const crew = startCheckCrew(workers, {
      masterKey: repository.masterKey,
      index: index.shared,
      flags: states.flags,
    })
    try {
      const loader = createPackLoader(repository.storage, { signal })
      const parts = { index, ledger, states, crew, loader, workers, meter, report }
      meter.begin('trees', treesListed)
      const trees = await checkTrees(rootsOf(snapshots, index, states, report), parts, { signal })
      const needed = reviewWaiting(inventory, waiting, states, report)
      const unused = states.lostSome ? undefined : countUnused(index, listedBlobs, states)
      if (unused) await options.onUnused?.(unusedBlobs(inventory, states))
      const chosen = choosePacks(
        { count: ledger.count, size: (pack) => ledger.size(pack), firstByte: (pack) => ledger.idOf(pack)[0] ?? 0 },
        read,
        chance,
      )
      const packs = await readPacks(
        chosen,
        { ...parts, isListed: (pack) => pack < ledger.listed && (!waiting.has(pack) || needed.has(pack)) },
        { signal },
      )
      reviewOrphans(unlistedPacks(ledger), isSomethingMissing, report)
      const affected = new Set<string>()
      if (states.lostSome) {
        const onAffected = (each: Affected): void => {
          affected.add(each.snapshot)
          options.onAffected?.(each)
        }
        await tellImpact(snapshots, { repository, index, states, meter, onAffected }, { signal })
      }
      return {
        snapshots: snapshots.length + unreadable.snapshots,
        indexFiles: files,
        packs: packsThere,
        packsWaiting: [...waiting].filter((pack) => !Number.isNaN(ledger.size(pack))).length,
        blobs: listedBlobs,
        trees,
        packsRead: packs.packs,
        blobsRead: packs.blobs,
        bytesRead: packs.bytes,
        unused,
        ...counts,
        snapshotsAffected: affected.size + unreadable.snapshots,
      }
    } finally {
      await crew.end()
    }
  } finally {
    meter.stop()
  }
}

/** Entries of the snapshots' root trees. */
function rootsOf(
  snapshots: readonly StoredSnapshot[],
  index: BlobIndex,
  states: BlobStates,
  report: (finding: Finding) => void,
): number[] {
  const roots: number[] = []
  for (const { id, tree } of snapshots) {
    const entry = index.find('tree', Buffer.from(tree, 'hex'))
    if (entry >= 0) roots.push(entry)
    else {
      states.noteLoss()
      report(finding('tree-missing', tree, `at the root of snapshot ${id.slice(0, 10)} is in no index`))
    }
  }
  return roots
}

/** Reads every index file by itself: one that is damaged is reported, the others count. */
function takeInventory(
  repository: Repository,
  report: (finding: Finding) => void,
  meter: ProgressMeter<CheckPhase>,
  { signal }: Abortable,
): Promise<Inventory> {
  return readInventory(repository, {
    signal,
    withWaiting: true,
    onListed: (files) => meter.begin('index', files),
    onFile: () => meter.add(1),
    onRepeated: (pack, first, second) =>
      report(finding('pack-repeated', pack, `is listed in index ${short(first)} and ${short(second)}`)),
    onUnreadable(name, error) {
      const reason = reasonOf(error.cause instanceof CoreError ? error.cause : error)
      report(finding('index-unreadable', name, `cannot be read: ${reason}`))
    },
  })
}

function short(name: string): string {
  return name.slice(0, 10)
}
