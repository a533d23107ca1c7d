import type { Point } from '../../contract/index.ts'
import type { PointRow } from '../../database/index.ts'
import { createPointSources } from '../caches/point-sources.ts'
import type { Names } from '../present/names.ts'
import { pointDto } from '../present/point-dto.ts'
import type { Tools } from '../tools.ts'

/** Recovery points as they are told, with where they can be restored from now. */
export async function presentPoints(
  { catalog, cacheBook, settings, clock }: Pick<Tools, 'catalog' | 'cacheBook' | 'settings' | 'clock'>,
  rows: readonly PointRow[],
  names: Names,
): Promise<Point[]> {
  const now = clock.now()
  const sourceOf = createPointSources({ catalog, cacheBook, timeZone: settings.current.timeZone, now })
  const points: Point[] = []
  for (const row of rows) points.push(pointDto(row, names, now, await sourceOf(row)))
  return points
}
