import { CoreError, formatBytes, formatInstant } from '../../base/index.ts'
import type { PointRow } from '../../database/index.ts'
import { createPointSources, type PointSource } from '../caches/point-sources.ts'
import type { Tools } from '../tools.ts'

/**
 * CC-14: a restore that lacks something is refused before it begins, and says what is missing and where.
 *
 * @throws CoreError `cache/unusable` where what the point needs is in a cache that is away, `repository/damaged` where nobody has it.
 */
export async function refuseLacking(
  { catalog, cacheBook, settings, clock }: Pick<Tools, 'catalog' | 'cacheBook' | 'settings' | 'clock'>,
  point: PointRow,
): Promise<void> {
  const timeZone = settings.current.timeZone
  const source = await createPointSources({ catalog, cacheBook, timeZone, now: clock.now() })(point)
  if (source?.from === 'neither') throw lacking(point, source)
}

function lacking({ completed_at, snapshot_id }: PointRow, { gaps, bytesInCacheOnly }: PointSource): CoreError {
  const what = `The recovery point of ${formatInstant(completed_at)} (${snapshot_id.slice(0, 8)})`
  if (gaps > 0) {
    return new CoreError(
      'repository/damaged',
      `${what} cannot be restored whole: ${gaps} of the packs that it needs are nowhere.`,
      {
        safety: 'Nothing was restored, and nothing was changed.',
        remedy:
          'Check the vault: it says which files are affected. Restore an earlier recovery point, or other files of this one.',
      },
    )
  }
  const bytes = bytesInCacheOnly === undefined ? '' : ` (${formatBytes(bytesInCacheOnly)})`
  return new CoreError(
    'cache/unusable',
    `${what} cannot be restored now: what it needs${bytes} is in the cache alone, which is away.`,
    {
      retryable: true,
      safety: 'Nothing was restored. The recovery point is safe as long as the disk of the cache is.',
      remedy: 'Bring the disk of the cache back. Older recovery points may be in the cloud: the list says which.',
    },
  )
}
