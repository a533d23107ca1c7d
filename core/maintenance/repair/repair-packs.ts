import { type Abortable, CoreError, systemClock } from '../../base/index.ts'
import { createBlobIndex, type HeaderEntry, type Repository } from '../../repository/index.ts'
import { findPacks, type FoundPack } from '../inventory/find-packs.ts'
import { readHeaders } from '../inventory/read-headers.ts'
import { type Inventory, readInventory } from '../inventory/read-inventory.ts'
import { replaceIndexFiles } from '../listing/replace-index-files.ts'
import { type Move, moveBlobs, type MoveFailure } from '../moving/move-blobs.ts'
import { createProgressMeter } from '../reading/progress.ts'
import type { RepairPhase, RepairProgress } from './repair-phase.ts'

export interface RepairPacksOptions extends Abortable {
  readonly workers: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /**
   * Whether also a pack goes of which the storage does not hand out all: for one that a person has named, who knows that it
   * never will. Any other stays listed, as it may be whole.
   */
  readonly evenUnread: boolean
  /** Called some times a second. */
  readonly onProgress?: ((progress: RepairProgress) => void) | undefined
  /** Told of each pack that was dealt with: how many of its blobs were saved, and what is wrong with the others. */
  readonly onPack: (pack: SavedPack) => void
}

/** What became of a damaged pack. */
export interface SavedPack {
  readonly name: string
  /** `kept`: it is listed as before, as the storage did not hand out all of it. */
  readonly state: 'set-aside' | 'kept'
  /** Blobs that are in a new pack now. */
  readonly saved: number
  /** Blobs of this pack that nobody can read. Of some there may be other copies. */
  readonly lost: number
  /** What is wrong with the first of those. */
  readonly reason: string
}

/** Packs that are to be dealt with, by their numbers in the inventory's ledger, each once. */
export interface PackRepairPlan {
  readonly inventory: Inventory
  readonly packs: readonly number[]
  /** What is to be saved of each: what the index lists, and what the header lists besides, where it can be read. */
  readonly moves: readonly Move[]
}

/**
 * Finds packs by their ids in the index, and among those that wait to be removed: a prune may not be able to take one back that
 * is needed again, and damaged. Their headers are read: the index may not list all that is in them. Nothing is changed.
 * @throws CoreError `repository/not-in-repository` where one of them is in no index: nobody knows then what it holds; and
 * `repository/damaged` where an index file cannot be read.
 */
export async function planPackRepair(
  repository: Repository,
  names: readonly string[],
  options: Abortable = {},
): Promise<PackRepairPlan> {
  const inventory = await readInventory(repository, { ...options, withWaiting: true })
  const { ledger, waiting } = inventory
  const packs = names.map((name) => {
    const pack = ledger.find(Buffer.from(name, 'hex'))
    // Of one that was set aside no index says what it holds.
    if (pack < 0 || (waiting.has(name) && ledger.entriesOf(pack).length === 0)) throw unlisted(name)
    return pack
  })
  await findPacks(repository.storage, ledger, options)
  const unique = [...new Set(packs)]
  const found = unique.flatMap((pack): FoundPack[] => {
    const size = ledger.size(pack)
    return Number.isNaN(size) ? [] : [{ name: ledger.nameOf(pack), size }]
  })
  const unsaid = new Map<number, number[]>()
  for await (const { name, header } of readHeaders(repository, found, options)) {
    const pack = ledger.find(Buffer.from(name, 'hex'))
    if (typeof header !== 'string') unsaid.set(pack, listUnsaid(inventory, pack, header))
  }
  const moves = unique.map((pack) => ({ pack, entries: [...ledger.entriesOf(pack), ...(unsaid.get(pack) ?? [])] }))
  return { inventory, packs: unique, moves }
}

/** Takes what a header says of its pack, and no index, into the inventory's index. Returns the new entries. */
function listUnsaid({ index, ledger }: Inventory, pack: number, header: readonly HeaderEntry[]): number[] {
  const said = new Set(ledger.entriesOf(pack).map((entry) => sayingOf(index.idOf(entry), index.locate(entry))))
  return header.flatMap(({ id, ...place }) => {
    if (said.has(sayingOf(id, place))) return []
    index.add(id, { ...place, pack })
    return [index.count - 1]
  })
}

function sayingOf(id: Buffer, { type, offset, length, uncompressedLength }: Omit<HeaderEntry, 'id'>): string {
  return `${type} ${offset} ${length} ${uncompressedLength} ${id.toString('hex')}`
}

function unlisted(name: string): CoreError {
  return new CoreError(
    'repository/not-in-repository',
    `Pack ${name.slice(0, 10)} is in no index, so nothing is known of what it holds.`,
    {
      safety: 'Nothing was changed.',
      remedy:
        '`holdfast repo repair index` lists packs by their own headers; with --read-all-packs also those that were set aside.',
    },
  )
}

/**
 * Saves what can be read of damaged packs to new ones, and takes the damaged ones out of the index. They wait to be
 * removed by the next prune; until then `repair index` with all packs read lists them again. Under the exclusive lock under
 * which the plan was made. Ended at any moment, it leaves packs listed as they were, and saved blobs listed twice at most.
 * @throws CoreError what the storage fails with where files cannot be stored, or where it is gone as a whole.
 */
export async function repairPacks(
  repository: Repository,
  { inventory: { index, ledger }, packs, moves }: PackRepairPlan,
  { workers, now, evenUnread, onPack, onProgress, signal }: RepairPacksOptions,
): Promise<void> {
  const failures = new Map<number, MoveFailure>()
  const to = { repository, index: createBlobIndex(), manner: 'keep' } as const
  const meter = createProgressMeter<RepairPhase>('packs', systemClock, onProgress)
  const sizeOf = (pack: number): number => ledger.size(pack) || 0
  try {
    meter.begin(
      'packs',
      packs.length,
      packs.reduce((sum, pack) => sum + sizeOf(pack), 0),
    )
    await moveBlobs({ repository, index, ledger }, to, moves, {
      workers,
      signal,
      onFailure: (failure) => failures.set(failure.pack, failure),
      onPack: ({ pack }) => meter.add(1, sizeOf(pack)),
    })
  } finally {
    meter.stop()
  }
  const isKept = (pack: number): boolean => !evenUnread && (failures.get(pack)?.unread ?? 0) > 0
  const aside = new Set([...packs].filter((pack) => !isKept(pack)))
  await replaceIndexFiles(repository, {
    signal,
    listingOf: (id) => (aside.has(ledger.find(id)) ? { state: 'set-aside', since: now } : undefined),
  })
  for (const { pack, entries } of moves) {
    const { lost = [], reason = '' } = failures.get(pack) ?? {}
    const state = aside.has(pack) ? 'set-aside' : 'kept'
    onPack({ name: ledger.nameOf(pack), state, saved: entries.length - lost.length, lost: lost.length, reason })
  }
}
