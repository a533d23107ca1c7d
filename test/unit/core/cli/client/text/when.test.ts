import { afterEach, beforeEach, expect, it } from 'vitest'

import { when, whenMade } from '../../../../../../core/cli/client/text/when.ts'

let before: string | undefined
beforeEach(() => {
  before = process.env['TZ']
  process.env['TZ'] = 'Europe/Berlin'
})
afterEach(() => {
  if (before === undefined) delete process.env['TZ']
  else process.env['TZ'] = before
})

it('a moment is told by the clocks of this computer, and of a recovery point by those where it was made (NAS-32)', () => {
  const at = '2026-11-22T21:00:00.000Z'
  expect(when(at)).toBe('2026-11-22 22:00 CET')
  expect(whenMade(at, '+01:00')).toBe('2026-11-22 22:00 CET')
  expect(whenMade(at, '-05:00')).toBe('2026-11-22 22:00 CET (16:00 -05:00)')
  expect(whenMade(at, '+05:30')).toBe('2026-11-22 22:00 CET (2026-11-23 02:30 +05:30)')
  expect(when(null, 'never')).toBe('never')
})
