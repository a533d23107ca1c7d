import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createTimeText } from '../../../../../../core/cli/repo/text/time-text.ts'
import { formatTime, parseTime } from '../../../../../../core/snapshot/index.ts'

const two = (value: number): string => String(value).padStart(2, '0')

describe('a time', () => {
  it('is written for programs as restic writes it in UTC', () => {
    const time = createTimeText()
    const ns = fc.bigInt(-62_135_596_800_000_000_000n, 253_402_300_799_999_999_999n)
    fc.assert(
      fc.property(
        fc.oneof(
          ns,
          ns.map((each) => each - (each % 1_000_000n)),
        ),
        (each) => {
          expect(time.utc(each)).toBe(formatTime({ ns: each, offsetMinutes: 0 }))
          expect(parseTime(time.utc(each)).ns).toBe(each)
        },
      ),
    )
  })

  it('is shown to people in the zone of the computer, to the second, seconds before 1970 too', () => {
    const time = createTimeText()
    for (const ms of [0, 1_784_000_000_123, -1, -86_400_000 * 365]) {
      const at = new Date(Math.floor(ms / 1000) * 1000)
      expect(time.local(BigInt(ms) * 1_000_000n)).toBe(
        `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
          `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
      )
    }
  })

  it('is shown whatever a tree says', () => {
    const time = createTimeText()
    for (const ns of [-(2n ** 70n), 2n ** 70n, -62_135_596_800_000_000_000n]) {
      expect(time.local(ns)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    }
  })
})
