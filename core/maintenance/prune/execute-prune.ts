import { type Abortable, type Clock, type CoreError, systemClock } from '../../base/index.ts'
import type { Repository, WaitNote } from '../../repository/index.ts'
import type { FoundPack } from '../inventory/find-packs.ts'
import type { PackLedger } from '../inventory/pack-ledger.ts'
import { readHeaders } from '../inventory/read-headers.ts'
import type { Inventory } from '../inventory/read-inventory.ts'
import { removeFiles } from '../listing/remove-files.ts'
import { type AddedListing, replaceIndexFiles } from '../listing/replace-index-files.ts'
import { createProgressMeter, type ProgressMeter } from '../reading/progress.ts'
import { assertCounted } from './assert-counted.ts'
import { letsWait, noteNow } from './grace.ts'
import { type NewListing, newListings } from './new-listing.ts'
import type { PrunePhase, PruneProgress } from './prune-phase.ts'
import type { PrunePlan } from './prune-plan.ts'
import { type Saved, saveNeeded } from './save-needed.ts'

export interface ExecutePruneOptions extends Abortable {
  readonly workers: number
  /** Called some times a second. */
  readonly onProgress?: ((progress: PruneProgress) => void) | undefined
  readonly clock?: Clock | undefined
  /** A pack of which something cannot be read; it stays as it is. What can be read and was to move is in new packs, too. */
  readonly onSpared: (pack: string, reason: string) => void
  /** A pack of which something cannot be read that another one has. All that is needed is in new packs, and it goes. */
  readonly onReplaced: (pack: string, reason: string) => void
  /** A pack that nothing needs and that cannot be removed. */
  readonly onFailed: (pack: string, error: CoreError) => void
}

/** What was done. */
export interface PruneDone {
  readonly packsRemoved: number
  /** Bytes of their files. */
  readonly bytesRemoved: number
  /** Bytes of the new packs. */
  readonly bytesWritten: number
  /** Packs that stay as something in them cannot be read. */
  readonly spared: number
  /** Packs of which something cannot be read, and that others make up for. */
  readonly replaced: number
  readonly failed: number
}

/**
 * Carries out a plan, under the exclusive lock under which it was made. What is needed of packs that go is first in new
 * packs and listed; then no index file names what goes; only then it goes. Ended at any moment, it leaves nothing worse
 * than blobs that are stored twice and packs that no index names.
 *
 * Throws `input/invalid`, before anything is changed, where a snapshot is there that the plan does not count;
 * `repository/damaged` for an index file that cannot be read any more; what the storage fails with as a whole; and the
 * signal's reason. Then every blob that is needed is in a pack that is there and listed, and the next prune goes on.
 */
export async function executePrune(
  repository: Repository,
  plan: PrunePlan,
  options: ExecutePruneOptions,
): Promise<PruneDone> {
  const meter = createProgressMeter<PrunePhase>('repack', options.clock ?? systemClock, options.onProgress)
  try {
    return await execute(repository, plan, meter, options)
  } finally {
    meter.stop()
  }
}

async function execute(
  repository: Repository,
  plan: PrunePlan,
  meter: ProgressMeter<PrunePhase>,
  { workers, onSpared, onReplaced, onFailed, signal }: ExecutePruneOptions,
): Promise<PruneDone> {
  await assertCounted(repository, plan, { signal })
  const { inventory, unlisted, limits, now } = plan
  const { ledger } = inventory
  const saved = await saveNeeded(repository, plan, {
    workers,
    signal,
    onBegin: (packs, bytes) => meter.begin('repack', packs, bytes),
    onPack: (bytes) => meter.add(1, bytes),
  })
  const { spared, replaced } = tellDamage(plan, saved, { onSpared, onReplaced })

  const listingOf = newListings(plan, saved.lasting)
  await replaceIndexFiles(repository, {
    signal,
    onListed: (files) => meter.begin('list', files),
    onFile: () => meter.add(1),
    numberOf: (id) => ledger.find(id),
    listingOf(id) {
      const pack = ledger.find(id)
      // New packs have no number, and those behind the listed ones are in no index.
      return pack >= 0 && pack < ledger.listed ? listingOf(pack) : undefined
    },
    isRepeat: repeatsOf(inventory),
    added: notesOf(repository, letsWait(limits) ? unlisted : [], noteNow(limits, now), { signal }),
  })

  const done = { packsRemoved: 0, bytesRemoved: 0, bytesWritten: saved.bytes, spared, replaced, failed: 0 }
  let going = 0
  for (const _ of goingPacks(plan, listingOf)) going++
  meter.begin('remove', going)
  await removeFiles(repository.storage, 'pack', namesOf(ledger, goingPacks(plan, listingOf)), {
    signal,
    onRemoved(name) {
      done.packsRemoved++
      done.bytesRemoved += ledger.size(ledger.find(Buffer.from(name, 'hex')))
      meter.add(1)
    },
    onFailed(name, error) {
      done.failed++
      onFailed(name, error)
    },
  })
  return done
}

/** Notes of packs that no index lists, with what their headers say: what waits may be needed, and is taken back then. */
async function* notesOf(
  repository: Repository,
  packs: Iterable<FoundPack>,
  note: WaitNote,
  options: Abortable,
): AsyncGenerator<AddedListing> {
  for await (const { name, header } of readHeaders(repository, packs, options)) {
    const blobs = typeof header === 'string' ? [] : header
    yield { pack: { id: Buffer.from(name, 'hex'), blobs }, listing: { state: 'waiting', note } }
  }
}

/** Tells of packs of which something cannot be read. Returns how many stay, and how many others make up for. */
function tellDamage(
  { inventory: { ledger }, decisions }: PrunePlan,
  { damaged, lasting }: Saved,
  { onSpared, onReplaced }: Pick<ExecutePruneOptions, 'onSpared' | 'onReplaced'>,
): { readonly spared: number; readonly replaced: number } {
  const stays = new Set(lasting)
  for (const pack of damaged.keys()) if (decisions.actionOf(pack) !== 'repack') stays.add(pack)
  for (const pack of stays)
    onSpared(ledger.nameOf(pack), damaged.get(pack) ?? 'it has a copy of a blob of which no copy can be read')
  const gone = [...damaged].filter(([pack]) => !stays.has(pack))
  for (const [pack, reason] of gone) onReplaced(ledger.nameOf(pack), reason)
  return { spared: stays.size, replaced: gone.length }
}

/** Whether a listing of a pack is a further one of such as say the same: the first one that is asked for is none. */
function repeatsOf({ ledger, repeated }: Inventory): (id: Buffer) => boolean {
  const isListed = new Uint8Array(repeated.size > 0 ? ledger.listed : 0)
  return (id) => {
    const pack = ledger.find(id)
    if (pack < 0 || !repeated.has(pack)) return false
    const isRepeat = isListed[pack] === 1
    isListed[pack] = 1
    return isRepeat
  }
}

/** Files of which the index says nothing any more: packs by their numbers. */
function* goingPacks({ inventory: { ledger }, limits }: PrunePlan, listingOf: NewListing): Generator<number> {
  for (let pack = 0; pack < ledger.listed; pack++) {
    if (listingOf(pack)?.state === 'gone' && !Number.isNaN(ledger.size(pack))) yield pack
  }
  // What no index lists comes behind.
  if (!letsWait(limits)) for (let pack = ledger.listed; pack < ledger.count; pack++) yield pack
}

function* namesOf(ledger: PackLedger, packs: Iterable<number>): Generator<string> {
  for (const pack of packs) yield ledger.nameOf(pack)
}
