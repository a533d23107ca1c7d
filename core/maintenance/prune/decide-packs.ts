import { dueOf } from './grace.ts'
import { createPackDecisions, type PackDecisions, type PackReason } from './pack-decisions.ts'
import type { PackUse, PackUses } from './pack-uses.ts'
import { type PruneLimits, unusedAllowed } from './prune-limits.ts'

/** restic's measure of a pack that is worth putting together with others. */
const SMALL = 0.8

/**
 * Decides what becomes of each pack. Packs are rewritten until no more than the allowed room is unused: first those that
 * should not be as they are (mixed, uncompressed), then those of which the largest part is unused. `now` is in
 * milliseconds since the epoch.
 */
export function decidePacks(packs: PackUses, limits: PruneLimits, now: number): PackDecisions {
  const decisions = createPackDecisions(packs)
  const isSmall = whichAreSmall(packs, limits)
  let usedBytes = 0
  let unused = 0
  for (const use of packs) {
    usedBytes += use.keptBytes
    decideAlone(decisions, use, limits, now)
    if (decisions.actionOf(use.pack) === 'keep') unused += unusedBytes(use)
  }
  const allowed = unusedAllowed(limits.maxUnused, usedBytes)
  let rewritten = 0

  function repack(use: PackUse, reason: PackReason): void {
    if (rewritten + use.bytes > limits.maxRepackBytes) return
    rewritten += use.bytes
    unused -= unusedBytes(use)
    decisions.set(use.pack, 'repack', reason)
  }

  const partly: number[] = []
  for (const use of packs) {
    if (decisions.actionOf(use.pack) !== 'keep') continue
    if (use.hasTrees && use.hasData) repack(use, 'mixed')
    else if (limits.repackUncompressed && use.hasUncompressed) repack(use, 'uncompressed')
    else if (use.keptBlobs < use.blobs) partly.push(use.pack)
    else if (isSmall(use)) repack(use, 'small')
  }
  for (const pack of byUnusedShare(packs, partly)) {
    const use = packs.of(pack)
    if (unused > allowed) repack(use, 'partly-used')
    else if (isSmall(use)) repack(use, 'small')
  }
  return decisions
}

/** Decides what can be said of a pack whatever the others are like. */
function decideAlone(decisions: PackDecisions, use: PackUse, { grace }: PruneLimits, now: number): void {
  const { pack, bytes, waiting, keptBlobs } = use
  if (waiting) {
    if (keptBlobs > 0) decisions.set(pack, 'take-back', 'needed-again')
    else if (dueOf(waiting, grace, now) <= now) decisions.set(pack, 'remove', 'due')
    else decisions.set(pack, 'wait')
  } else if (keptBlobs > 0) decisions.set(pack, 'keep')
  else if (Number.isNaN(bytes)) decisions.set(pack, 'unlist', 'missing')
  else decisions.set(pack, 'remove', 'unused')
}

/** Of each sort at least two must be small: one alone would only be written anew. */
function whichAreSmall(packs: PackUses, { repackSmall, packBytes }: PruneLimits): (use: PackUse) => boolean {
  const isShort = ({ bytes, keptBlobs, waiting }: PackUse): boolean =>
    bytes < packBytes * SMALL && keptBlobs > 0 && !waiting
  const short = { trees: 0, data: 0 }
  if (repackSmall) for (const use of packs) if (isShort(use)) short[sortOf(use)]++
  return (use) => short[sortOf(use)] > 1 && isShort(use)
}

function sortOf({ hasTrees }: PackUse): 'trees' | 'data' {
  return hasTrees ? 'trees' : 'data'
}

/** Those of which most is unused first. */
function byUnusedShare(packs: PackUses, some: readonly number[]): Uint32Array {
  const shares = Float64Array.from(some, (pack) => unusedShare(packs.of(pack)))
  const places = Uint32Array.from(some.keys()).toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b)
  return places.map((place) => some[place] ?? 0)
}

/** Bytes of the file that would be saved. */
function unusedBytes({ bytes, blobs, keptBlobs, keptBytes }: PackUse): number {
  return keptBlobs === blobs ? 0 : bytes - keptBytes
}

function unusedShare(use: PackUse): number {
  return unusedBytes(use) / use.bytes
}
