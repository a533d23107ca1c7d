import { CoreError, parseBytes } from '../../base/index.ts'

/** How far a prune goes. */
export interface PruneLimits {
  /** So much unused room may stay in packs that are needed otherwise. */
  readonly maxUnused: UnusedLimit
  /** No more than so many bytes of packs are rewritten in this run. */
  readonly maxRepackBytes: number
  /** Bytes that new packs should reach, from 4 to 128 MiB. */
  readonly packBytes: number
  /** Packs much smaller than that are put together. */
  readonly repackSmall: boolean
  /** Packs with blobs that are not compressed are rewritten. */
  readonly repackUncompressed: boolean
  /**
   * Packs are first taken out of the index, and removed by a prune that comes so much later, unless they are needed again.
   * Milliseconds, at most `MOST_GRACE`. Undefined: they are removed at once, and what waits already waits on. 0: that is
   * removed, too.
   */
  readonly grace: number | undefined
}

export type UnusedLimit =
  /** Of all that stays, from 0 to 1. */
  { readonly type: 'share'; readonly share: number } | { readonly type: 'bytes'; readonly bytes: number }

export const DEFAULT_LIMITS: PruneLimits = {
  maxUnused: { type: 'share', share: 0.05 },
  maxRepackBytes: Number.POSITIVE_INFINITY,
  packBytes: 16 * 1024 * 1024,
  repackSmall: false,
  repackUncompressed: false,
  grace: undefined,
}

/** Reads `5%`, `200M`, `0` or `unlimited`. Throws `input/invalid`. */
export function parseUnusedLimit(text: string): UnusedLimit {
  if (text === 'unlimited') return { type: 'bytes', bytes: Number.POSITIVE_INFINITY }
  const share = /^(\d{1,3}(?:\.\d{1,6})?)%$/.exec(text)?.[1]
  if (share !== undefined && Number(share) < 100) return { type: 'share', share: Number(share) / 100 }
  const bytes = parseBytes(text)
  if (share === undefined && bytes !== undefined) return { type: 'bytes', bytes }
  throw new CoreError('input/invalid', `${JSON.stringify(text)} is no amount of unused room.`, {
    safety: 'Nothing was changed.',
    remedy: 'Write a percentage below 100 such as 5%, a size such as 200M, or `unlimited`.',
  })
}

/** How many bytes may stay unused beside so many that are used. */
export function unusedAllowed(limit: UnusedLimit, usedBytes: number): number {
  return limit.type === 'bytes' ? limit.bytes : (usedBytes * limit.share) / (1 - limit.share)
}
