import type { ForgetReason } from '../../../maintenance/index.ts'
import type { TimeText } from '../text/time-text.ts'

/** Why a snapshot is kept, for people. */
export function reasonText(reason: ForgetReason, time: TimeText): string {
  if (reason.rule === 'keep') return reason.words
  if (reason.rule === 'needed') return `needed by ${reason.by.slice(0, 8)}`
  if (reason.rule === 'newest') return 'the newest'
  if (reason.rule === 'newest-complete') return 'the newest complete'
  const until = untilText(reason.until, time)
  return reason.rule === 'daily' ? `young, ${until}` : `last of ${reason.period}, ${until}`
}

/** The last second of it. */
export function untilText(until: number, time: TimeText): string {
  return `until ${time.local(BigInt(until - 1000) * 1_000_000n)}`
}
