import type { Abortable } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import { findPacks, type FoundPack, unlistedPacks } from '../inventory/find-packs.ts'
import { layOut } from '../inventory/pack-layout.ts'
import { type Inventory, readInventory } from '../inventory/read-inventory.ts'

export interface PlanIndexRepairOptions extends Abortable {
  /** Believes no index file: the headers of all packs are read. */
  readonly readAll: boolean
  /** Told how many index files there are, and of each that was read. */
  readonly onListed?: ((files: number) => void) | undefined
  readonly onFile?: (() => void) | undefined
}

/** What mending the index will do. */
export interface IndexRepairPlan {
  readonly inventory: Inventory
  /** Index files that are damaged; they go, unless they may be the last that says what a pack holds. */
  readonly unreadable: readonly string[]
  /** Listed packs that are not there, by their numbers; the index forgets them. */
  readonly missing: readonly number[]
  /** Packs whose header is to be read, because no index lists them, or lists something that cannot be. */
  readonly toRead: readonly FoundPack[]
}

/**
 * Compares what the index files list with the packs that are there. Nothing is changed. Packs that wait to be removed are
 * let wait, unless all are read.
 * @throws CoreError what the storage does not hand out an index file with: of it nobody knows whether it is damaged.
 */
export async function planIndexRepair(
  repository: Repository,
  { readAll, onListed, onFile, signal }: PlanIndexRepairOptions,
): Promise<IndexRepairPlan> {
  const unreadable: string[] = []
  const inventory = await readInventory(repository, {
    signal,
    onListed,
    onFile,
    onUnreadable(name, error) {
      // What the storage does not hand out may be whole.
      if (error.code !== 'repository/damaged') throw error
      unreadable.push(name)
    },
  })
  const { index, ledger, waiting } = inventory
  await findPacks(repository.storage, ledger, { signal })
  const missing: number[] = []
  const toRead = [...unlistedPacks(ledger)].filter(({ name }) => readAll || !waiting.has(name))
  for (let pack = 0; pack < ledger.listed; pack++) {
    const size = ledger.size(pack)
    if (Number.isNaN(size)) {
      missing.push(pack)
      continue
    }
    const { fileBytes, contradiction } = layOut(index, ledger.entriesOf(pack))
    if (readAll || contradiction !== undefined || size !== fileBytes) toRead.push({ name: ledger.nameOf(pack), size })
  }
  return { inventory, unreadable, missing, toRead }
}
