import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { choosePacks, parsePackChoice } from '../../../../../core/maintenance/check/pack-choice.ts'
import { seededChance } from '../../../../support/seeded-chance.ts'

const packsOf = (of: readonly number[]) => ({
  count: of.length,
  size: (pack: number) => of[pack] ?? Number.NaN,
  firstByte: (pack: number) => (pack * 37) % 256,
})

describe('which packs a check reads', () => {
  it.each([
    ['1/1', { type: 'part', part: 1, of: 1 }],
    ['7/256', { type: 'part', part: 7, of: 256 }],
    ['2.5%', { type: 'percent', percent: 2.5 }],
    ['100%', { type: 'percent', percent: 100 }],
    ['500M', { type: 'bytes', bytes: 500 * 2 ** 20 }],
    ['1T', { type: 'bytes', bytes: 2 ** 40 }],
  ])('may be said as %s', (text, choice) => {
    expect(parsePackChoice(text)).toEqual(choice)
  })

  it.each(['', '0/3', '4/3', '1/257', '1/0', '0%', '101%', '-1%', '0', 'all', '1/2/3', '5 %x'])(
    'may not be said as %j',
    (text) => {
      expect(() => parsePackChoice(text)).toThrow(expect.objectContaining({ code: 'input/invalid' }))
    },
  )

  const sizes = fc.array(fc.oneof(fc.constant(Number.NaN), fc.nat({ max: 1000 })), { maxLength: 60 })
  it('is each pack in exactly one of the parts, and none that is not there', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 256 }), (all, of) => {
        const chosen = Array.from({ length: of }, (_, at) => [
          ...choosePacks(packsOf(all), { type: 'part', part: at + 1, of }, seededChance(1)),
        ]).flat()
        const there = [...all.keys()].filter((pack) => !Number.isNaN(all[pack]))
        expect(chosen.toSorted((a, b) => a - b)).toEqual(there)
      }),
    )
  })

  it('is a share of the packs, none twice, at least one', () => {
    fc.assert(
      fc.property(sizes, fc.double({ min: 0.01, max: 100, noNaN: true }), fc.nat(), (all, percent, seed) => {
        const chosen = choosePacks(packsOf(all), { type: 'percent', percent }, seededChance(seed))
        const there = all.filter((size) => !Number.isNaN(size)).length
        expect(new Set(chosen).size).toBe(chosen.length)
        expect(chosen.length).toBe(there === 0 ? 0 : Math.max(1, Math.floor((there * percent) / 100)))
        expect([...chosen].every((pack) => !Number.isNaN(all[pack]))).toBe(true)
      }),
    )
  })

  it('is so many bytes of packs and not more, unless the first alone has more', () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5000 }), fc.nat(), (all, bytes, seed) => {
        const chosen = [...choosePacks(packsOf(all), { type: 'bytes', bytes }, seededChance(seed))]
        const sum = chosen.reduce((total, pack) => total + (all[pack] ?? 0), 0)
        const there = all.filter((size) => !Number.isNaN(size)).length
        expect(new Set(chosen).size).toBe(chosen.length)
        if (there > 0) expect(chosen.length).toBeGreaterThan(0)
        if (chosen.length > 1) expect(sum).toBeLessThanOrEqual(bytes)
      }),
    )
  })
})
