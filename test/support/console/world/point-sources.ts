import type { Point } from '../../../../core/contract/index.ts'
import { DAY, GIB, HOUR, instantAt, NOW } from './ids.ts'

/** Where a point of a vault with a cache is: the newest waits to be sent, the oldest went to make room. */
export function sourceIn(day: number, at: number): Point['restorableFrom'] {
  if (day === 0)
    return {
      from: 'cache',
      isOffSite: false,
      offSiteAt: instantAt(NOW + 4 * HOUR),
      bytesInCloudOnly: null,
      bytesInCacheOnly: null,
    }
  if (day === 1)
    return { from: 'mixed', isOffSite: false, offSiteAt: null, bytesInCloudOnly: 3 * GIB, bytesInCacheOnly: GIB }
  if (day === 2) return { from: 'neither', isOffSite: false, offSiteAt: null, bytesInCloudOnly: 0, bytesInCacheOnly: 0 }
  const isHere = day < 40
  return {
    from: isHere ? 'both' : 'cloud',
    isOffSite: true,
    offSiteAt: instantAt(at + DAY / 4),
    bytesInCloudOnly: isHere ? 0 : 12 * GIB,
    bytesInCacheOnly: 0,
  }
}
