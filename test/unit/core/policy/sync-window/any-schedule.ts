import * as fc from 'fast-check'

import type { SyncWindow } from '../../../../../core/policy/index.ts'

const anyMinute = fc
  .oneof(
    fc.integer({ min: 0, max: 1439 }),
    // Most clocks are changed then.
    fc.integer({ min: 60, max: 200 }),
  )
  .map((minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`)

const anyWindow: fc.Arbitrary<SyncWindow> = fc.record({
  weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
  start: anyMinute,
  minutes: fc.oneof(fc.integer({ min: 1, max: 1440 }), fc.integer({ min: 1, max: 180 })),
  bytesPerSecond: fc.integer({ min: 65_536, max: 100_000_000 }),
})

/** Windows that may overlap. */
export const anySchedule: fc.Arbitrary<SyncWindow[]> = fc.array(anyWindow, { maxLength: 4 })
