import { type Abortable, type Clock, CoreError, createTurns, systemClock } from '../../base/index.ts'
import type { BlobIndex, PresentPacks, Repository } from '../../repository/index.ts'
import { findPacks } from '../inventory/find-packs.ts'
import { type Inventory, readInventory } from '../inventory/read-inventory.ts'
import { createProgressMeter } from '../reading/progress.ts'
import { type CopyMarks, createCopyMarks, STATE } from './copy-marks.ts'
import type { CopyPhase, CopyProgress } from './copy-phase.ts'

/** Two repositories between which snapshots are copied. */
export interface Copying {
  readonly source: Repository
  readonly destination: Repository
  readonly inventory: Inventory
  /** What the destination has, and what comes to it. */
  readonly present: BlobIndex
  readonly marks: CopyMarks
  /** The most that there can be to copy. Bytes. */
  readonly bytes: number
}

export interface OpenCopyingOptions extends Abortable {
  /** The packs of the destination. */
  readonly presentPacks?: PresentPacks | Promise<PresentPacks> | undefined
  /** An index file of the source is damaged; what only it lists is not there. */
  readonly onUnreadable: (name: string, error: CoreError) => void
  readonly onProgress?: ((progress: CopyProgress) => void) | undefined
  readonly clock?: Clock | undefined
}

/**
 * Reads the indexes of both. Snapshots have to be listed before, so that what is added meanwhile is not missed. Throws
 * `repository/damaged` for an index file of the destination.
 */
export async function openCopying(
  source: Repository,
  destination: Repository,
  { presentPacks, onUnreadable, onProgress, clock = systemClock, signal }: OpenCopyingOptions,
): Promise<Copying> {
  const meter = createProgressMeter<CopyPhase>('index', clock, onProgress)
  try {
    const inventory = await readInventory(source, {
      signal,
      // What waits to be removed can still be read, and something may need it after all.
      withWaiting: true,
      onUnreadable,
      onListed: (files) => meter.begin('index', files),
      onFile: () => meter.add(1),
    })
    await findPacks(source.storage, inventory.ledger, { signal })
    const present = await destination.loadIndex({ purpose: 'refer', signal, presentPacks })
    const marks = createCopyMarks(inventory.index.count)
    return { source, destination, inventory, present, marks, bytes: await markMissing(inventory, marks, { signal }) }
  } finally {
    meter.stop()
  }
}

/** Throws `repository/unsupported` where the destination has format 1, and `input/invalid` where both are the same. */
export function assertCopyable(source: Repository, destination: Repository): void {
  const at = destination.storage.location
  if (source.config.id === destination.config.id) {
    throw new CoreError(
      'input/invalid',
      `The source at ${source.storage.location} and the destination at ${at} are the same repository.`,
      {
        safety: 'Nothing was changed.',
        remedy: 'Name another one with --repo, or with --from-repo. `holdfast repo init` makes a new one.',
      },
    )
  }
  if (destination.config.version >= 2) return
  throw new CoreError('repository/unsupported', `The repository at ${at} has format 1, to which nothing is copied.`, {
    safety: 'Nothing was changed.',
    remedy: 'Upgrade it once with `restic migrate upgrade_repo_v2`, or copy into a new repository.',
  })
}

/** Marks as lost what lies in packs alone that are not there. Returns how many bytes are in all others. */
async function markMissing({ index, ledger }: Inventory, marks: CopyMarks, { signal }: Abortable): Promise<number> {
  const turns = createTurns()
  // An index may list a blob thousands of times: its copies are looked at once.
  const isLookedAt = new Uint8Array(index.count)
  let bytes = 0

  function hasCopy(first: number): boolean {
    let copy = first
    while (copy >= 0 && Number.isNaN(ledger.size(index.locate(copy).pack))) copy = index.next(copy)
    return copy >= 0
  }

  for (let pack = 0; pack < ledger.listed; pack++) {
    const size = ledger.size(pack)
    if (!Number.isNaN(size)) {
      bytes += size
      continue
    }
    for (const entry of ledger.entriesOf(pack)) {
      const first = index.find(index.locate(entry).type, index.idOf(entry))
      if (first >= 0 && isLookedAt[first] === 0) {
        isLookedAt[first] = 1
        if (!hasCopy(first)) marks[first] = STATE.lost
      }
      const turn = turns()
      if (turn) await turn
      signal?.throwIfAborted()
    }
  }
  return bytes
}
