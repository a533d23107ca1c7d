import type { Journal } from '../journal/journal.ts'
import type { NeedSum } from '../journal/need-rows.ts'
import type { PackPlaces } from '../journal/pack-places.ts'
import { type RestorableFrom, restorableFrom, type TierReach } from './restorable-from.ts'

/** Where a recovery point is. */
export interface PointPlace {
  readonly from: RestorableFrom
  /** Whether the cloud alone would do. */
  readonly isOffSite: boolean
  readonly needs: NeedSum
  /** Bytes that are sent before the cloud has all of it, itself included, in the order of uploads. 0 where it is off-site. */
  readonly bytesAhead: number
}

/** Where the recovery points of a vault were at the moment at which the journal was read for it. */
export interface PointPlaces {
  /** Undefined: nobody has looked at what it needs, or not since a prune laid that elsewhere; or there is no such snapshot. */
  of(snapshot: string, reach?: TierReach): PointPlace | undefined
  /**
   * CC-14: names of the packs that it needs and that cannot be had from the tiers that are there, at most so many.
   * Those that nobody has come first.
   */
  lacking(snapshot: string, reach: TierReach, most: number): string[]
  /** What would be lost with the cache of what these snapshots need: each pack counts once. */
  onlyHere(snapshots: Iterable<string>): { readonly packs: number; readonly bytes: number }
}

const BOTH: TierReach = { cache: true, cloud: true }

/**
 * Reads from a journal where each pack is.
 *
 * That a snapshot is verified in the cloud says that all that was stored before it was, too (`nextUploads`). Two things can
 * have come after: the cloud has lost something, then that is not verified any more; or a prune has laid elsewhere what it
 * needs, and the new packs are still to be sent. Then the cloud has the old ones, as none is deleted before.
 */
export function readPointPlaces(journal: Journal): PointPlaces {
  const places = journal.needs.places()
  const firstIndex = journal.files.firstWaiting('index')
  const owedSince = journal.files.lastOwed()

  function find(snapshot: string): number | undefined {
    return journal.files.find({ kind: 'snapshot', name: snapshot })?.id
  }

  /** Whether a pack that is not verified stands for old ones that the cloud still has. */
  const standsForOld = (pack: number, snapshot: number): boolean => pack > snapshot && pack <= owedSince

  function isOffSite(snapshot: string, needs: NeedSum): boolean {
    const file = journal.files.find({ kind: 'snapshot', name: snapshot })
    if (file?.state !== 'verified' || needs.gaps > 0 || firstIndex < file.id) return false
    if (needs.inCacheOnly.packs === 0) return true
    let isThere = true
    journal.needs.each(snapshot, (pack) => {
      if (isOnlyHere(places, pack) && !standsForOld(pack, file.id)) isThere = false
    })
    return isThere
  }

  return {
    of(snapshot, reach = BOTH) {
      const id = find(snapshot)
      const needs = id === undefined ? undefined : journal.needs.sum(snapshot, places)
      if (id === undefined || needs === undefined) return undefined
      const offSite = isOffSite(snapshot, needs)
      const facts = { isInCache: needs.inCloudOnly.packs === 0, isOffSite: offSite, hasGaps: needs.gaps > 0 }
      const bytesAhead = offSite ? 0 : journal.files.bytesUpTo({ id: furthest(journal, snapshot, places, id) })
      return { from: restorableFrom(facts, reach), isOffSite: offSite, needs, bytesAhead }
    },
    lacking(snapshot, reach, most) {
      const names = journal.needs.missingOf(snapshot).slice(0, most)
      const id = find(snapshot)
      if (id === undefined) return names
      journal.needs.each(snapshot, (pack) => {
        if (names.length >= most) return
        const state = places.stateOf(pack)
        const isInCache = reach.cache && state !== undefined && state !== 'evicted'
        const isInCloud = reach.cloud && (!isOnlyHere(places, pack) || standsForOld(pack, id))
        const name = isInCache || isInCloud ? undefined : journal.files.packName(pack)
        if (name !== undefined) names.push(name)
      })
      return names
    },
    onlyHere(snapshots) {
      const counted = new Set<number>()
      for (const snapshot of snapshots)
        journal.needs.each(snapshot, (pack) => {
          if (isOnlyHere(places, pack)) counted.add(pack)
        })
      let bytes = 0
      for (const pack of counted) bytes += places.sizeOf(pack)
      return { packs: counted.size, bytes }
    },
  }
}

function isOnlyHere(places: PackPlaces, pack: number): boolean {
  const state = places.stateOf(pack)
  return state !== 'verified' && state !== 'evicted'
}

/** What is sent last of what the cloud lacks of a point: the snapshot, or a pack that the cloud has lost or a prune has made. */
function furthest(journal: Journal, snapshot: string, places: PackPlaces, id: number): number {
  let last = id
  journal.needs.each(snapshot, (pack) => {
    if (isOnlyHere(places, pack)) last = Math.max(last, pack)
  })
  return last
}
