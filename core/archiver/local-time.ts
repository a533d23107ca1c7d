import { localOffset } from '../base/index.ts'
import type { ZonedTime } from '../snapshot/index.ts'

/**
 * A moment as a snapshot keeps it: with the offset that the source's clocks show then, so that its day and its week stay
 * what they were for those who work there (RET-17). Milliseconds since the epoch.
 */
export function localTime(milliseconds: number): ZonedTime {
  return { ns: BigInt(milliseconds) * 1_000_000n, offsetMinutes: localOffset(milliseconds) }
}
