import type { FoundPack } from '../inventory/find-packs.ts'
import type { Inventory } from '../inventory/read-inventory.ts'
import type { PackDecisions, PackReason } from './pack-decisions.ts'
import type { PruneLimits } from './prune-limits.ts'

/** A number of packs, and what they take. */
export interface PackSum {
  readonly packs: number
  /** Bytes of their files. */
  readonly bytes: number
}

/** What a prune will do, as people and programs are shown it. */
export interface PruneSummary {
  readonly snapshots: number
  readonly blobs: {
    readonly used: number
    readonly unused: number
    /** Further copies of used blobs. */
    readonly repeated: number
  }
  /** Of all packs that are there. Bytes. */
  readonly bytesBefore: number
  readonly keep: PackSum
  /** Rewritten, by the reason for it. */
  readonly repack: Readonly<Partial<Record<PackReason, PackSum>>>
  /** Sealed bytes that are copied to new packs. */
  readonly repackedBytes: number
  /** Nothing in them is needed. */
  readonly remove: PackSum
  /** Listed by no index: what a backup left that was ended. */
  readonly unlisted: PackSum
  /** Waited long enough and go now. */
  readonly due: PackSum
  /** Wait still. */
  readonly waiting: PackSum
  /**
   * When the first and the last may be removed of those that wait then, since now or before; undefined where none does.
   * Milliseconds since the epoch.
   */
  readonly waitsUntil: { readonly first: number; readonly last: number } | undefined
  /** Of those that wait still: how many notes say something else than they are to say. */
  readonly toBeNoted: number
  /** Waited, and are needed again. */
  readonly takeBack: PackSum
  /** Listed, not there, and not needed. */
  readonly missing: number
  /** Listed in several index files alike, as a prune leaves them that was ended: one of the listings stays. */
  readonly repeated: number
  /** Of all packs that are there when it is done, those that wait among them. Bytes, about: headers are not counted. */
  readonly bytesAfter: number
  /** Of those that wait then, since now or before. Bytes. */
  readonly bytesWaiting: number
  /** Unused, in packs that stay. Bytes. */
  readonly unusedAfter: number
}

/** A plan, and what carrying it out needs. It is only good while nobody else changes the repository. */
export interface PrunePlan {
  readonly summary: PruneSummary
  /** Ids of the snapshots whose needs it counts. */
  readonly snapshots: ReadonlySet<string>
  readonly decisions: PackDecisions
  readonly unlisted: Iterable<FoundPack>
  readonly inventory: Inventory
  /** `MARK`s of each entry of the index. */
  readonly marks: Uint8Array
  readonly limits: PruneLimits
  /** Milliseconds since the epoch: when packs are taken out of the index. */
  readonly now: number
}

/** Whether there is nothing to do. */
export function isIdle({ summary }: PrunePlan): boolean {
  const { remove, unlisted, due, toBeNoted, takeBack, missing, repeated, repack } = summary
  return (
    remove.packs + unlisted.packs + due.packs + toBeNoted + takeBack.packs + missing + repeated === 0 &&
    Object.keys(repack).length === 0
  )
}
