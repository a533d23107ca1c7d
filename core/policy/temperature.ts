const WARM = 90 * 86_400_000

/**
 * Where a restore takes a recovery point from (GEN-11): a hot one from the CloudCache, a warm one from storage directly
 * (GEN-9). A cold one is older than 90 days and there by long retention alone.
 */
export type Temperature = 'hot' | 'warm' | 'cold'

/**
 * A point that is 90 days old to the millisecond is warm still (GEN-12). Days are 24 hours long here, whatever clocks did
 * meanwhile. Times are milliseconds since the epoch.
 */
export function temperatureOf(
  point: { readonly completed: number; readonly isInCache: boolean },
  now: number,
): Temperature {
  if (point.isInCache) return 'hot'
  return now - point.completed <= WARM ? 'warm' : 'cold'
}
