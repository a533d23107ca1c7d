import { expect, it } from 'vitest'

import { decidePacks } from '../../../../../core/maintenance/prune/decide-packs.ts'
import { earlyEnds } from '../../../../../core/maintenance/prune/early-ends.ts'
import { createPackUses } from '../../../../../core/maintenance/prune/pack-uses.ts'
import { DEFAULT_LIMITS } from '../../../../../core/maintenance/prune/prune-limits.ts'
import { newWaitNote } from '../../../../../core/repository/index.ts'

const NOW = Date.parse('2026-11-22T00:00:00Z')
const DAY = 86_400_000

/** What a clock that is so many days ahead ends too early of packs of 100 bytes that wait since so many days, for a week. */
function endsOf(ahead: number, since: readonly number[], grace?: number): { packs: number; bytes: number } {
  const contents = since.map((days) => ({
    bytes: 100,
    isWhole: true,
    blobs: 1,
    hasTrees: false,
    hasData: true,
    hasUncompressed: false,
    waiting: newWaitNote(NOW - days * DAY, 7 * DAY),
  }))
  const limits = { ...DEFAULT_LIMITS, grace }
  const decisions = decidePacks(createPackUses(contents.length, contents), limits, NOW)
  return earlyEnds({ decisions, limits, now: NOW }, ahead * DAY)
}

it('a clock that is ahead ends only those graces early that it has not ended by the other one', () => {
  expect(endsOf(5, [6, 7, 11, 12, 30])).toEqual({ packs: 2, bytes: 200 })
  expect(endsOf(0, [6, 7, 11, 12, 30])).toEqual({ packs: 0, bytes: 0 })
})

it('nothing ends early where no grace is wanted', () => {
  expect(endsOf(5, [1, 7], 0)).toEqual({ packs: 0, bytes: 0 })
})
