import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { decidePacks } from '../../../../../core/maintenance/prune/decide-packs.ts'
import { createPackUses, type PackUse, type PackUses } from '../../../../../core/maintenance/prune/pack-uses.ts'
import {
  DEFAULT_LIMITS,
  parseUnusedLimit,
  type PruneLimits,
} from '../../../../../core/maintenance/prune/prune-limits.ts'
import { newWaitNote } from '../../../../../core/repository/index.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')
const HOUR = 3_600_000
const MIB = 1024 * 1024

function pack(change: Partial<PackUse>): Omit<PackUse, 'pack'> {
  return {
    bytes: 16 * MIB,
    isWhole: true,
    blobs: 10,
    hasTrees: false,
    hasData: true,
    hasUncompressed: false,
    waiting: undefined,
    keptBlobs: 10,
    keptBytes: 16 * MIB - 1000,
    ...change,
  }
}

/** A pack of which so much is needed, from 0 to 1. */
function partly(share: number): Omit<PackUse, 'pack'> {
  return pack({ keptBlobs: Math.round(share * 10), keptBytes: Math.round(16 * MIB * share) })
}

function usesOf(packs: readonly Omit<PackUse, 'pack'>[]): PackUses {
  const uses = createPackUses(packs.length, packs)
  for (const [number, { keptBlobs, keptBytes }] of packs.entries()) {
    for (let blob = 0; blob < keptBlobs; blob++) uses.keep(number, blob === 0 ? keptBytes : 0)
  }
  return uses
}

function decide(packs: readonly Omit<PackUse, 'pack'>[], limits: Partial<PruneLimits> = {}): string[] {
  return [...decidePacks(usesOf(packs), { ...DEFAULT_LIMITS, ...limits }, NOW)].map(({ action, reason }) =>
    reason === undefined ? action : `${action}: ${reason}`,
  )
}

const ALL: Partial<PruneLimits> = { maxUnused: { type: 'bytes', bytes: 0 } }

describe('what a prune does with a pack', () => {
  it('removes it where nothing of it is needed, and keeps it where all is', () => {
    expect(decide([pack({}), pack({ keptBlobs: 0, keptBytes: 0 })])).toEqual(['keep', 'remove: unused'])
  })

  it('unlists one that is not there and not needed', () => {
    expect(decide([pack({ keptBlobs: 0, keptBytes: 0, bytes: Number.NaN })])).toEqual(['unlist: missing'])
  })

  it('rewrites those first of which the largest part is unused, until little enough is', () => {
    const packs = [partly(0.9), partly(0.2), partly(0.6), pack({}), pack({}), pack({})]
    expect(decide(packs, ALL).slice(0, 3)).toEqual(Array.from({ length: 3 }, () => 'repack: partly-used'))
    // 0.1 of 16 MiB is less than 5 % of what is used.
    expect(decide(packs).slice(0, 3)).toEqual(['keep', 'repack: partly-used', 'repack: partly-used'])
    expect(decide(packs, { maxUnused: { type: 'bytes', bytes: 9 * MIB } }).slice(0, 3)).toEqual([
      'keep',
      'repack: partly-used',
      'keep',
    ])
    expect(decide(packs, { maxUnused: parseUnusedLimit('unlimited') }).slice(0, 3)).toEqual(['keep', 'keep', 'keep'])
  })

  it('rewrites no more than it is told', () => {
    const packs = [partly(0.9), partly(0.2), partly(0.6)]
    expect(decide(packs, { ...ALL, maxRepackBytes: 20 * MIB })).toEqual(['keep', 'repack: partly-used', 'keep'])
    expect(decide(packs, { ...ALL, maxRepackBytes: 0 })).toEqual(['keep', 'keep', 'keep'])
  })

  it('rewrites what is mixed, and where it is asked for what is small or not compressed', () => {
    const mixed = pack({ hasTrees: true })
    const small = pack({ bytes: MIB, keptBytes: MIB - 1000 })
    const plain = pack({ hasUncompressed: true })
    expect(decide([mixed, small, small, plain])).toEqual(['repack: mixed', 'keep', 'keep', 'keep'])
    const asked = { repackSmall: true, repackUncompressed: true }
    expect(decide([mixed, small, small, plain], asked)).toEqual([
      'repack: mixed',
      'repack: small',
      'repack: small',
      'repack: uncompressed',
    ])
    expect(decide([small, pack({ bytes: MIB, keptBytes: MIB, hasTrees: true, hasData: false })], asked)).toEqual([
      'keep',
      'keep',
    ])
  })

  it('takes for small what is much smaller than the packs that it makes', () => {
    const packs = [pack({}), pack({})]
    expect(decide(packs, { repackSmall: true })).toEqual(['keep', 'keep'])
    expect(decide(packs, { repackSmall: true, packBytes: 64 * MIB })).toEqual(['repack: small', 'repack: small'])
  })

  it('lets wait what waits until its grace is over, and takes back what is needed', () => {
    const unused = { keptBlobs: 0, keptBytes: 0 }
    const packs = [
      pack({ ...unused, waiting: newWaitNote(NOW - 47 * HOUR, 48 * HOUR) }),
      pack({ ...unused, waiting: newWaitNote(NOW - 48 * HOUR, 48 * HOUR) }),
      pack({ waiting: newWaitNote(NOW - 100 * HOUR, 48 * HOUR), keptBlobs: 1 }),
    ]
    const decided = ['wait', 'remove: due', 'take-back: needed-again']
    expect(decide(packs)).toEqual(decided)
    expect(decide(packs, { grace: HOUR })).toEqual(decided)
    expect(decide(packs, { grace: 72 * HOUR })).toEqual(['wait', 'wait', 'take-back: needed-again'])
    expect(decide(packs, { grace: 0 })).toEqual(['remove: due', 'remove: due', 'take-back: needed-again'])
  })

  it('never removes or unlists what is needed, and leaves no more unused than allowed where nothing limits it', () => {
    const use = fc
      .record({ bytes: fc.integer({ min: 100, max: 32 * MIB }), blobs: fc.integer({ min: 1, max: 50 }) })
      .chain(({ bytes, blobs }) =>
        fc.record({
          bytes: fc.constant(bytes),
          blobs: fc.constant(blobs),
          keptBlobs: fc.integer({ min: 0, max: blobs }),
          hasTrees: fc.boolean(),
          waiting: fc.option(
            fc.integer({ min: NOW - 100 * HOUR, max: NOW }).map((since) => newWaitNote(since, 48 * HOUR)),
            { nil: undefined },
          ),
        }),
      )
      .map((some) =>
        pack({ ...some, hasData: !some.hasTrees, keptBytes: Math.floor((some.bytes * some.keptBlobs) / some.blobs) }),
      )
    const share = fc.double({ min: 0, max: 0.9, noNaN: true })
    fc.assert(
      fc.property(fc.array(use, { maxLength: 40 }), share, fc.boolean(), (packs, most, repackSmall) => {
        const limits: PruneLimits = { ...DEFAULT_LIMITS, maxUnused: { type: 'share', share: most }, repackSmall }
        const decisions = [...decidePacks(usesOf(packs), limits, NOW)]
        expect(decisions.map(({ use: each }) => each)).toEqual(packs.map((each, number) => ({ ...each, pack: number })))
        for (const { use: each, action } of decisions) {
          if (action === 'remove' || action === 'unlist' || action === 'wait') expect(each.keptBlobs).toBe(0)
        }
        const used = packs.reduce((sum, { keptBytes }) => sum + keptBytes, 0)
        const unused = decisions
          .filter(({ action, use: { keptBlobs, blobs } }) => action === 'keep' && keptBlobs < blobs)
          .reduce((sum, { use: { bytes, keptBytes } }) => sum + bytes - keptBytes, 0)
        expect(unused).toBeLessThanOrEqual((used * most) / (1 - most) + 1e-6)
      }),
    )
  })
})

describe('how much may stay unused', () => {
  it.each([
    ['5%', { type: 'share', share: 0.05 }],
    ['0.5%', { type: 'share', share: 0.005 }],
    ['0', { type: 'bytes', bytes: 0 }],
    ['200M', { type: 'bytes', bytes: 200 * MIB }],
    ['unlimited', { type: 'bytes', bytes: Number.POSITIVE_INFINITY }],
  ])('%j is read', (text, limit) => expect(parseUnusedLimit(text)).toEqual(limit))

  it.each(['', '100%', '-1', '5 %x', 'all', '1e3%'])('%j is refused', (text) =>
    expect(() => parseUnusedLimit(text)).toThrow(expect.objectContaining({ code: 'input/invalid' })),
  )
})
