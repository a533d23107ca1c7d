import type { BurntDown } from '../../../../core/contract/index.ts'
import { instantAt } from './ids.ts'
import type { World } from './world.ts'

const HOUR = 3_600_000

/** What would be left of each set: of the first ones less than all, and where nothing is wrong everything. */
export function burntDownIn({ kind, sets, points }: World): { items: BurntDown[]; bytesWaiting: number } {
  const items = sets.map(({ id, name, vault }, index): BurntDown => {
    const newest = points.find((point) => point.set?.id === id)
    const of = { set: { id, name }, vault, newestAt: newest?.completedAt ?? null }
    if (newest === undefined) return { ...of, offSiteAt: null, gapSeconds: null, pointsLost: 0 }
    if (kind !== 'calm' && index === 3) return { ...of, offSiteAt: null, gapSeconds: null, pointsLost: 120 }
    const behind = kind !== 'calm' && index % 4 === 0 ? (index + 8) * HOUR : 0
    return {
      ...of,
      offSiteAt: instantAt(Date.parse(newest.completedAt) - behind),
      gapSeconds: behind / 1000,
      pointsLost: behind === 0 ? 0 : 1,
    }
  })
  return { items, bytesWaiting: kind === 'calm' || sets.length === 0 ? 0 : 86 * 1024 ** 3 }
}
