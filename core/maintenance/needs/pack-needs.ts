import type { Abortable } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import type { StoredSnapshot } from '../../snapshot/index.ts'
import { findPacks } from '../inventory/find-packs.ts'
import { type Inventory, readInventory } from '../inventory/read-inventory.ts'
import { markUsed } from '../prune/mark-used.ts'
import { MARK } from '../prune/marks.ts'

/** The packs that a snapshot needs. */
export interface NeededPacks {
  readonly packs: readonly string[]
  /** Sentences about what it needs and cannot be had. */
  readonly gaps: readonly string[]
}

/** Tells which packs snapshots need, by the index files of the moment at which it was made. */
export interface PackNeeds {
  /** Packs that hold content, and no folders. */
  readonly dataPacks: readonly string[]
  /** Reads all of its folders. Of a blob that lies in several packs the one counts that a restore would read. */
  of(snapshot: StoredSnapshot): Promise<NeededPacks>
}

export interface PackNeedsOptions extends Abortable {
  readonly workers: number
}

/** Reads the index files, and lists the packs. Throws `repository/damaged` where an index file cannot be read. */
export async function readPackNeeds(repository: Repository, { workers, signal }: PackNeedsOptions): Promise<PackNeeds> {
  const inventory = await readInventory(repository, { signal })
  await findPacks(repository.storage, inventory.ledger, { signal })
  return {
    dataPacks: packsWithoutTrees(inventory),
    async of(snapshot) {
      const { marks, gaps } = await markUsed(repository, [snapshot], inventory, { workers, signal })
      return { packs: packsOf(inventory, marks), gaps }
    },
  }
}

function packsWithoutTrees({ index, ledger }: Inventory): string[] {
  const withTrees = new Set<number>()
  const all = new Set<number>()
  for (let entry = 0; entry < index.count; entry++) {
    const { type, pack } = index.locate(entry)
    all.add(pack)
    if (type === 'tree') withTrees.add(pack)
  }
  return [...all].filter((pack) => !withTrees.has(pack)).map((pack) => ledger.nameOf(pack))
}

function packsOf({ index, ledger }: Inventory, marks: Uint8Array): string[] {
  const packs = new Set<number>()
  for (let entry = 0; entry < index.count; entry++)
    if (((marks[entry] ?? 0) & MARK.used) !== 0) packs.add(index.locate(entry).pack)
  return [...packs].map((pack) => ledger.nameOf(pack))
}
