import { describe, expect, it } from 'vitest'

import { applyKeepRules, type KeepRules, type KeptPoint } from '../../../../../core/policy/index.ts'
import { isEmptyRule, parseKeepCount } from '../../../../../core/policy/keep/keep-rules.ts'
import { parseSpan } from '../../../../../core/policy/keep/span.ts'

// What the real restic decides on random snapshots is compared in test/integration/cli-forget.test.ts.

const NOW = nanos('2026-06-30T12:00:00Z')

function nanos(time: string): bigint {
  return BigInt(Date.parse(time)) * 1_000_000n
}

function point(time: string, { offset = 0, tags = [] }: { offset?: number; tags?: string[] } = {}): KeptPoint {
  return { made: nanos(time), offset, tags }
}

/** The times of what is kept, newest first, each with its reasons. */
function kept(points: readonly KeptPoint[], rules: KeepRules): [string, readonly string[]][] {
  return applyKeepRules(points, rules, NOW)
    .filter(({ isKept }) => isKept)
    .map(({ point: { made }, reasons }) => [new Date(Number(made / 1_000_000n)).toISOString().slice(0, 16), reasons])
}

const HOURS = ['2026-06-27T10:00:00Z', '2026-06-28T10:00:00Z', '2026-06-28T22:00:00Z', '2026-06-29T10:00:00Z']

describe("restic's keep rules", () => {
  it('keep the last of each period, and the oldest while a count lasts', () => {
    const points = HOURS.map((time) => point(time))
    expect(kept(points, { counts: { daily: 2 } })).toEqual([
      ['2026-06-29T10:00', ['daily snapshot']],
      ['2026-06-28T22:00', ['daily snapshot']],
    ])
    expect(kept(points.slice(1), { counts: { daily: 3 } })).toEqual([
      ['2026-06-29T10:00', ['daily snapshot']],
      ['2026-06-28T22:00', ['daily snapshot']],
      ['2026-06-28T10:00', ['oldest daily snapshot']],
    ])
  })

  it('take the day from the offset with which a time is written', () => {
    const points = [point('2026-06-28T20:00:00Z', { offset: 330 }), point('2026-06-29T10:00:00Z', { offset: 330 })]
    expect(kept(points, { counts: { daily: 9 } })).toEqual([
      ['2026-06-29T10:00', ['daily snapshot']],
      ['2026-06-28T20:00', ['oldest daily snapshot']],
    ])
  })

  it('measure spans from the newest snapshot, and never from one of tomorrow', () => {
    const points = [...HOURS, '2026-07-05T00:00:00Z'].map((time) => point(time))
    expect(kept(points, { within: parseSpan('1d') }).map(([time]) => time)).toEqual([
      '2026-07-05T00:00',
      '2026-06-29T10:00',
      '2026-06-28T22:00',
    ])
  })

  it('tell how many each count would have kept behind it', () => {
    const [newest] = applyKeepRules(
      HOURS.map((time) => point(time)),
      { last: 2, counts: { weekly: Number.POSITIVE_INFINITY } },
      NOW,
    )
    expect(newest?.countsLeft).toEqual({ last: 1, weekly: Number.POSITIVE_INFINITY })
  })

  it('keep what has all tags of a list', () => {
    const points = [point(HOURS[0] as string, { tags: ['a'] }), point(HOURS[1] as string, { tags: ['a', 'b'] })]
    expect(kept(points, { tags: [['a', 'b']] })).toEqual([['2026-06-28T10:00', ['has tags [a, b]']]])
  })

  it('are none where all of them keep nothing', () => {
    expect(isEmptyRule({ last: 0, counts: { daily: 0 }, within: parseSpan('0d'), tags: [] })).toBe(true)
    expect(isEmptyRule({ counts: { daily: 1 } })).toBe(false)
    expect(isEmptyRule({ periodsWithin: { weekly: parseSpan('1m') } })).toBe(false)
  })

  it.each(['', '-1', '1.5', 'all', '1e3', '12345678901'])('%j is no count', (text) =>
    expect(() => parseKeepCount(text)).toThrow(expect.objectContaining({ code: 'input/invalid' })),
  )

  it('count without an end when asked', () => expect(parseKeepCount('unlimited')).toBe(Number.POSITIVE_INFINITY))
})
