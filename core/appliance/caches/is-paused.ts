import type { CacheRow } from '../../database/index.ts'

/** Whether nothing is to be sent at this moment. */
export function isPaused(
  { paused_at, paused_until }: Pick<CacheRow, 'paused_at' | 'paused_until'>,
  now: number,
): boolean {
  return paused_at !== null && (paused_until === null || now < paused_until)
}
