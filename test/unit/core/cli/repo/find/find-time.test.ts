import { describe, expect, it } from 'vitest'

import { formatInstant } from '../../../../../../core/base/index.ts'
import { parseFindTime } from '../../../../../../core/cli/repo/find/find-time.ts'
import { rejection } from '../../../snapshot/rejection.ts'

const parse = (text: string): string => formatInstant(Number(parseFindTime(text, '--oldest') / 1_000_000n))
/** Local times of another zone differ by its offset. */
const local = (...parts: [number, number, number, number?, number?, number?]): string =>
  new Date(...parts).toISOString()

describe('a time to find by', () => {
  it.each([
    ['2026-11-20', local(2026, 10, 20)],
    ['20.11.2026', local(2026, 10, 20)],
    ['2026-11-20 22:05', local(2026, 10, 20, 22, 5)],
    ['2026-11-20T22:05:06', local(2026, 10, 20, 22, 5, 6)],
    ['20.11.2026 22:05:06', local(2026, 10, 20, 22, 5, 6)],
    ['2026-11-20 22:05:06 +0130', '2026-11-20T20:35:06.000Z'],
    ['2026-11-20T22:05:06-01:30', '2026-11-20T23:35:06.000Z'],
    ['2026-11-20 22:05:06 UTC', '2026-11-20T22:05:06.000Z'],
    ['2026-11-20T22:05:06Z', '2026-11-20T22:05:06.000Z'],
  ])('is %s', (text, instant) => {
    expect(parse(text)).toBe(instant)
  })

  it.each(['', 'yesterday', '2026-02-30', '2026-13-01', '20.11.26', '2026-11-20 25:00', '2026-11-20 22:00:00 +2599'])(
    'is not %j',
    (text) => {
      expect(rejection(() => parse(text))).toBe('input/invalid')
    },
  )
})
