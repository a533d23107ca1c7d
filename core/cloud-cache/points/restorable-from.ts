/**
 * From where a recovery point can be restored now (CC-13). `mixed`: what it needs is partly in the one tier and partly in the
 * other, and both have to be there.
 */
export type RestorableFrom = 'cache' | 'cloud' | 'both' | 'mixed' | 'neither'

/** Which of the tiers can be reached. */
export interface TierReach {
  readonly cache: boolean
  readonly cloud: boolean
}

/** What is known of a recovery point. */
export interface PointFacts {
  /** The local tier has all that it needs. */
  readonly isInCache: boolean
  /** The cloud has all that it needs, the snapshot itself and its indexes included. */
  readonly isOffSite: boolean
  /** It needs something that nobody has. */
  readonly hasGaps: boolean
}

export function restorableFrom({ isInCache, isOffSite, hasGaps }: PointFacts, reach: TierReach): RestorableFrom {
  if (hasGaps) return 'neither'
  const fromCache = isInCache && reach.cache
  const fromCloud = isOffSite && reach.cloud
  if (fromCache) return fromCloud ? 'both' : 'cache'
  if (fromCloud) return 'cloud'
  return reach.cache && reach.cloud ? 'mixed' : 'neither'
}
