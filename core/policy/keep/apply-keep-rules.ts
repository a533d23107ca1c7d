import { Temporal } from 'temporal-polyfill'

import { type KeepPeriod, type KeepRules, PERIODS } from './keep-rules.ts'
import { before, formatSpan, isEmptySpan, type Span } from './span.ts'

/** What the rules want to know of a snapshot. */
export interface KeptPoint {
  /** When its backup began. Nanoseconds since the epoch. */
  readonly made: bigint
  /** The offset from UTC with which that was written. Its days and hours are those of that offset. Minutes. */
  readonly offset: number
  readonly tags: readonly string[]
}

/** What becomes of a snapshot. */
export interface KeepDecision<P extends KeptPoint> {
  readonly point: P
  readonly isKept: boolean
  /** In restic's words, such as `daily snapshot`, `within 3d`, `has tags [a, b]`. */
  readonly reasons: readonly string[]
  /** How many more each count would have kept behind this one. */
  readonly countsLeft: Readonly<Partial<Record<KeepPeriod | 'last', number>>>
}

/** One rule that keeps the first snapshot of each period, while its count or its span lasts. */
interface Bucket {
  readonly period: KeepPeriod | 'last'
  readonly reason: string
  left: number
  /** Snapshots of this moment and before are too old. */
  readonly notAfter?: bigint
  lastPeriod?: string | undefined
}

/**
 * Decides as restic's `forget` does (doc/060_forget.rst; since 0.16 with the oldest snapshot, which stays while counts are
 * left), from the newest to the oldest, which is also the order of what it returns. `now` is in nanoseconds: what is dated
 * later is not the newest snapshot that spans are measured from.
 */
export function applyKeepRules<P extends KeptPoint>(
  points: readonly P[],
  rules: KeepRules,
  now: bigint,
): KeepDecision<P>[] {
  const sorted = points.toSorted((a, b) => (a.made === b.made ? 0 : a.made < b.made ? 1 : -1))
  const newest = sorted.find(({ made }) => made < now)
  const oldestKept = (span: Span): bigint => (newest ? before(zoned(newest), span) : 0n)

  const within = rules.within && !isEmptySpan(rules.within) ? rules.within : undefined
  const counted = countedBuckets(rules)
  const spanned: Bucket[] = PERIODS.flatMap((period) => {
    const span = rules.periodsWithin?.[period]
    if (!span || isEmptySpan(span)) return []
    return {
      period,
      left: Number.POSITIVE_INFINITY,
      notAfter: oldestKept(span),
      reason: `${period} within ${formatSpan(span)}`,
    }
  })

  return sorted.map((point, at) => {
    const isOldest = at === sorted.length - 1
    const reasons: string[] = []
    for (const list of rules.tags ?? []) {
      if (list.every((tag) => point.tags.includes(tag))) reasons.push(`has tags [${list.join(', ')}]`)
    }
    if (within && point.made > oldestKept(within)) reasons.push(`within ${formatSpan(within)}`)
    for (const bucket of [...counted, ...spanned]) {
      const reason = take(bucket, point, at, isOldest)
      if (reason !== undefined) reasons.push(reason)
    }
    const countsLeft = Object.fromEntries(counted.map(({ period, left }) => [period, left]))
    return { point, isKept: reasons.length > 0, reasons, countsLeft }
  })
}

function countedBuckets({ last = 0, counts = {} }: KeepRules): Bucket[] {
  const all = [
    { period: 'last' as const, left: last, reason: 'last snapshot' },
    ...PERIODS.map((period) => ({ period, left: counts[period] ?? 0, reason: `${period} snapshot` })),
  ]
  return all.filter(({ left }) => left > 0)
}

/** Whether a bucket keeps this snapshot, in restic's words. */
function take(bucket: Bucket, point: KeptPoint, at: number, isOldest: boolean): string | undefined {
  if (bucket.left === 0 || (bucket.notAfter !== undefined && point.made <= bucket.notAfter)) return undefined
  const period = bucket.period === 'last' ? String(at) : PERIOD_NAMES[bucket.period](zoned(point))
  const isNew = period !== bucket.lastPeriod
  if (!isNew && !isOldest) return undefined
  bucket.lastPeriod = period
  bucket.left--
  return isNew ? bucket.reason : `oldest ${bucket.reason}`
}

function zoned({ made, offset }: KeptPoint): Temporal.ZonedDateTime {
  const sign = offset < 0 ? '-' : '+'
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60]
  const zone = `${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`
  return Temporal.Instant.fromEpochNanoseconds(made).toZonedDateTimeISO(zone)
}

/** What tells one period from the next. */
const PERIOD_NAMES: Readonly<Record<KeepPeriod, (time: Temporal.ZonedDateTime) => string>> = {
  hourly: (time) => time.toPlainDateTime().toString({ smallestUnit: 'minute' }).slice(0, -3),
  daily: (time) => time.toPlainDate().toString(),
  weekly: (time) => `${time.yearOfWeek}-W${time.weekOfYear}`,
  monthly: (time) => time.toPlainDate().toPlainYearMonth().toString(),
  yearly: (time) => String(time.year),
}
