import { CoreError, parseBytes } from '../../../base/index.ts'
import { DEFAULT_LIMITS, MOST_GRACE, parseUnusedLimit, type PruneLimits } from '../../../maintenance/index.ts'
import type { LimitOptions } from './prune-options.ts'

/** The limits that options state. Throws `input/invalid`. */
export function limitsOf(options: LimitOptions): PruneLimits {
  const { maxUnused, maxRepackSize, packSize, repackSmall = false, repackUncompressed = false, grace } = options
  return {
    maxUnused: maxUnused === undefined ? DEFAULT_LIMITS.maxUnused : parseUnusedLimit(maxUnused),
    maxRepackBytes: maxRepackSize === undefined ? DEFAULT_LIMITS.maxRepackBytes : sizeOf(maxRepackSize),
    packBytes: packSize ?? DEFAULT_LIMITS.packBytes,
    repackSmall,
    repackUncompressed,
    grace: graceOf(grace),
  }
}

/** Throws `input/invalid` for one that is too long. */
export function graceOf(grace: number | undefined): number | undefined {
  if (grace === undefined || grace <= MOST_GRACE) return grace
  throw new CoreError('input/invalid', 'The grace is longer than a year.', {
    safety: 'Nothing was changed.',
    remedy: `Give at most ${MOST_GRACE / DAY}d: nobody is to wait for ever for the room.`,
  })
}

const DAY = 86_400_000

function sizeOf(text: string): number {
  const bytes = parseBytes(text)
  if (bytes !== undefined) return bytes
  throw new CoreError('input/invalid', `${JSON.stringify(text)} is no size.`, {
    safety: 'Nothing was changed.',
    remedy: 'Write a size such as 500M or 10G.',
  })
}
