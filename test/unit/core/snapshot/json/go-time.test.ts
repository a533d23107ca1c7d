import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ZERO_TIME, formatTime, parseTime } from '../../../../../core/snapshot/index.ts'
import { SplitTime, TimeWriter } from '../../../../../core/snapshot/json/go-time.ts'
import { rejection } from '../rejection.ts'
import { time } from '../sample-node.ts'

const format = (ns: bigint, offsetMinutes = 0): string => formatTime({ ns, offsetMinutes })
const seconds = (value: bigint): bigint => value * 1_000_000_000n

/** Doubles go wrong next to whole seconds, if anywhere. */
const nearSecond = fc
  .tuple(fc.bigInt(-(10n ** 12n), 10n ** 12n), fc.bigInt(-3n, 3n))
  .map(([whole, beside]) => seconds(whole) + beside)

describe('times as Go writes them', () => {
  // The texts are what restic 0.14 stored for files with these times on a tmpfs.
  it.each([
    [0n, '1970-01-01T00:00:00Z'],
    [1_732_147_332_674_536_298n, '2024-11-21T00:02:12.674536298Z'],
    [500_000_000n, '1970-01-01T00:00:00.5Z'],
    [-1_500_000_000n, '1969-12-31T23:59:58.5Z'],
    [-1n, '1969-12-31T23:59:59.999999999Z'],
    [seconds(951_782_400n), '2000-02-29T00:00:00Z'],
    [ZERO_TIME, '0001-01-01T00:00:00Z'],
    [seconds(-62_135_596_802n) + 750_000_000n, '0000-12-31T23:59:58.75Z'],
    [seconds(-62_167_219_200n), '0000-01-01T00:00:00Z'],
    [seconds(253_402_300_799n) + 999_999_999n, '9999-12-31T23:59:59.999999999Z'],
  ])('writes %s as %s, and reads it back', (ns, text) => {
    expect(format(ns)).toBe(text)
    expect(parseTime(text)).toEqual({ ns, offsetMinutes: 0 })
  })

  it.each([
    ['after 9999', seconds(253_402_300_800n) + 500_000_000n, '9999-01-01T00:00:00.5Z'],
    ['far after 9999', seconds(999_999_999_999n), '9999-09-27T01:46:39Z'],
    ['at the end of what 64 bits of milliseconds hold', seconds(8_640_000_000_000_000n), '9999-09-13T00:00:00Z'],
    ['29 February after 9999', seconds(253_533_628_800n), '9999-03-01T00:00:00Z'],
    ['before 0000', seconds(-62_167_219_201n), '0000-12-31T23:59:59Z'],
    ['far before 0000', seconds(-99_999_999_999n), '0000-02-15T14:13:21Z'],
  ])('sets only the year of a time %s', (_when, ns, text) => {
    expect(format(ns)).toBe(text)
  })

  it('gives every time back to the nanosecond, in any zone', () => {
    fc.assert(
      fc.property(time, fc.integer({ min: -1439, max: 1439 }), (ns, offsetMinutes) => {
        const inside = ns > -62_160_000_000_000_000_000n && ns < 253_400_000_000_000_000_000n
        const offset = inside ? offsetMinutes : 0
        expect(parseTime(format(ns, offset))).toEqual({ ns, offsetMinutes: offset })
      }),
    )
  })

  it('agrees with the calendar of JavaScript', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(-62_135_596_800_000), max: new Date(253_402_300_799_999) }), (date) => {
        fc.pre(!Number.isNaN(date.getTime()))
        const ns = BigInt(date.getTime()) * 1_000_000n
        expect(parseTime(date.toISOString()).ns).toBe(ns)
        expect(format(ns).slice(0, 19)).toBe(date.toISOString().slice(0, 19))
      }),
    )
  })

  it('splits any number of nanoseconds exactly, beyond 64 bits too', () => {
    const split = new SplitTime()
    fc.assert(
      fc.property(fc.oneof(nearSecond, fc.bigInt(-(10n ** 24n), 10n ** 24n)), (ns) => {
        split.set(ns)
        expect(split.nanos).toBeGreaterThanOrEqual(0)
        expect(split.nanos).toBeLessThan(1e9)
        expect(split.join()).toBe(ns)
      }),
    )
  })

  it.each([83_368_001_155_000_000_001n, 253_402_300_799_999_999_999n, -62_135_596_800_000_000_001n])(
    'splits %s exactly, where a quotient of doubles is one off',
    (ns) => {
      const split = new SplitTime()
      split.set(ns)
      expect(split.join()).toBe(ns)
      expect(split.nanos).toBe(Number(((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n))
    },
  )

  it('writes one time after another through its memory of seconds', () => {
    const writer = new TimeWriter()
    const target = Buffer.alloc(64)
    const write = (ns: bigint): string => target.toString('latin1', 3, writer.write(target, 3, ns))
    for (const ns of [0n, 64_000_000_000n, 1n, 128_000_000_000n, -64_000_000_000n, -1n, 0n])
      expect(write(ns)).toBe(format(ns))
  })

  it.each([
    ['2026-11-21T04:32:15.898374659+05:30', 1_795_215_735_898_374_659n, 330],
    ['2014-12-22T14:47:59.912418701-01:00', 1_419_263_279_912_418_701n, -60],
    ['1901-12-14T02:07:02+05:21', -2_147_483_638_000_000_000n, 321],
    ['2000-01-01T00:00:00.1234567899999Z', 946_684_800_123_456_789n, 0],
    ['2000-01-01T00:00:00.100000000Z', 946_684_800_100_000_000n, 0],
  ])('reads %s', (text, ns, offsetMinutes) => {
    expect(parseTime(text)).toEqual({ ns, offsetMinutes })
  })

  it.each([
    '',
    'today',
    '2000-01-01',
    '2000-01-01T00:00:00',
    '2000-01-01 00:00:00Z',
    '2000-13-01T00:00:00Z',
    '2000-00-01T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2000-04-31T00:00:00Z',
    '2000-01-01T24:00:00Z',
    '2000-01-01T00:60:00Z',
    '2000-01-01T00:00:60Z',
    '2000-01-01T00:00:00.Z',
    '2000-01-01T00:00:00+24:00',
    '2000-01-01T00:00:00+0100',
    '2000-01-01T00:00:00ZZ',
    '02000-01-01T00:00:00Z',
    '2000-01-01T00:00:0xZ',
  ])('refuses %j', (text) => {
    expect(rejection(() => parseTime(text))).toBe('repository/damaged')
  })
})
