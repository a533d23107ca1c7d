import type { FoundPack } from '../inventory/find-packs.ts'
import type { ChosenCopies } from './choose-copies.ts'
import { isToBeNoted, letsWait, newDue, waitEnd } from './grace.ts'
import type { PackAction, PackDecisions, PackReason } from './pack-decisions.ts'
import type { PruneLimits } from './prune-limits.ts'
import type { PackSum, PruneSummary } from './prune-plan.ts'

interface Counts {
  readonly snapshots: number
  /** Blobs that are listed, each copy. */
  readonly blobs: number
  readonly copies: ChosenCopies
  /** Packs that are listed several times. */
  readonly repeatedPacks: number
  readonly grace: PruneLimits['grace']
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** Says in numbers what decisions mean. */
export function sumUp(
  decisions: PackDecisions,
  unlisted: Iterable<FoundPack>,
  { snapshots, blobs, copies: { used, repeated }, repeatedPacks, grace, now }: Counts,
): PruneSummary {
  const sums = new Map<string, Sum>()
  let unusedAfter = 0
  let toBeNoted = 0
  const waitsUntil = createSpan()
  for (const decision of decisions) {
    const { use, action, reason } = decision
    const sum = sums.get(sumKey(action, reason)) ?? { packs: 0, bytes: 0, keptBytes: 0 }
    sums.set(sumKey(action, reason), sum)
    sum.packs++
    sum.bytes += Number.isNaN(use.bytes) ? 0 : use.bytes
    sum.keptBytes += use.keptBytes
    const isStaying = action === 'keep' || action === 'take-back'
    if (isStaying && use.keptBlobs < use.blobs) unusedAfter += use.bytes - use.keptBytes
    waitsUntil.add(waitEnd(decision, { grace }, now))
    if (action === 'wait' && use.waiting && isToBeNoted(use.waiting, grace, now)) toBeNoted++
  }
  const of = (action: PackAction, reason?: PackReason): PackSum => {
    const { packs, bytes } = sums.get(sumKey(action, reason)) ?? NOTHING
    return { packs, bytes }
  }

  const unlistedSum = { packs: 0, bytes: 0 }
  for (const { size } of unlisted) {
    unlistedSum.packs++
    unlistedSum.bytes += size
  }
  const repacked = REPACK_REASONS.flatMap((reason) => {
    const sum = sums.get(sumKey('repack', reason))
    return sum ? [{ reason, ...sum }] : []
  })
  const repackedBytes = sumOf(repacked, ({ keptBytes }) => keptBytes)
  const [keep, takeBack, waiting] = [of('keep'), of('take-back', 'needed-again'), of('wait')]
  const remove = of('remove', 'unused')
  const beginning = remove.bytes + sumOf(repacked, ({ bytes }) => bytes) + unlistedSum.bytes
  const bytesWaiting = waiting.bytes + (letsWait({ grace }) ? beginning : 0)
  if (unlistedSum.packs > 0) waitsUntil.add(newDue({ grace }, now))
  return {
    snapshots,
    blobs: { used, unused: blobs - used - repeated, repeated },
    bytesBefore: sumOf([...sums.values(), unlistedSum], ({ bytes }) => bytes),
    keep,
    repack: Object.fromEntries(repacked.map(({ reason, packs, bytes }) => [reason, { packs, bytes }])),
    repackedBytes,
    remove,
    unlisted: unlistedSum,
    due: of('remove', 'due'),
    waiting,
    waitsUntil: waitsUntil.get(),
    toBeNoted,
    takeBack,
    missing: of('unlist', 'missing').packs,
    repeated: repeatedPacks,
    bytesAfter: keep.bytes + takeBack.bytes + bytesWaiting + repackedBytes,
    bytesWaiting,
    unusedAfter,
  }
}

interface Sum {
  packs: number
  bytes: number
  keptBytes: number
}

const NOTHING: Sum = { packs: 0, bytes: 0, keptBytes: 0 }

/** Why a pack is rewritten, in the order in which people are told. */
const REPACK_REASONS = ['partly-used', 'mixed', 'uncompressed', 'small'] as const satisfies readonly PackReason[]

function sumKey(action: PackAction, reason: PackReason | undefined): string {
  return `${action} ${reason ?? ''}`
}

function sumOf<T>(parts: readonly T[], amount: (part: T) => number): number {
  return parts.reduce((sum, part) => sum + amount(part), 0)
}

interface Span {
  add(moment: number | undefined): void
  /** The first and the last that were added. */
  get(): { readonly first: number; readonly last: number } | undefined
}

function createSpan(): Span {
  let span: { readonly first: number; readonly last: number } | undefined
  return {
    add(moment) {
      if (moment === undefined) return
      const { first, last } = span ?? { first: moment, last: moment }
      span = { first: Math.min(first, moment), last: Math.max(last, moment) }
    },
    get: () => span,
  }
}
