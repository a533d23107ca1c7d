import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import {
  isSyncComplete,
  missingOfSync,
  syncOverlaps,
  type SyncWindow,
  validateSyncSchedule,
} from '../../../../../core/policy/index.ts'
import { anySchedule } from './any-schedule.ts'

const WORKDAYS = [1, 2, 3, 4, 5]
const WEEKEND = [6, 7]
const window = (weekdays: readonly number[], start: string, minutes: number): SyncWindow => {
  return { weekdays, start, minutes, bytesPerSecond: 1_000_000 }
}

describe('CC-4: a sync is incomplete', () => {
  it.each([
    ['without a window', [], ['schedule', 'bandwidth']],
    ['without a day', [window([], '22:00', 60)], ['schedule', 'bandwidth']],
    ['without a bandwidth', [{ ...window(WORKDAYS, '22:00', 60), bytesPerSecond: undefined }], ['bandwidth']],
    [
      'while one of its windows has none',
      [window(WORKDAYS, '22:00', 60), { ...window(WEEKEND, '08:00', 60), bytesPerSecond: undefined }],
      ['bandwidth'],
    ],
  ])('%s', (_, windows, missing) => {
    expect(missingOfSync(windows)).toEqual(missing)
    expect(isSyncComplete(windows)).toBe(false)
  })

  it('until both are set', () => {
    const windows = [window(WORKDAYS, '22:00', 480), window(WEEKEND, '00:00', 1440)]
    expect(missingOfSync(windows)).toEqual([])
    expect(isSyncComplete(windows)).toBe(true)
  })
})

describe('CC-6: windows of a schedule', () => {
  it('may be others on workdays than on weekends, and meet', () => {
    const windows = [window(WORKDAYS, '20:00', 600), window(WORKDAYS, '06:00', 840), window([7], '06:00', 1440)]
    expect(syncOverlaps(windows)).toEqual([])
    expect(() => validateSyncSchedule(windows)).not.toThrow()
  })

  it.each<[string, SyncWindow[], object]>([
    [
      'on one day',
      [window([3], '08:00', 120), window([3], '09:00', 120)],
      { windows: [0, 1], weekday: 3, start: '09:00', minutes: 60 },
    ],
    [
      'over midnight',
      [window([2], '05:00', 60), window([1], '22:00', 450)],
      { windows: [0, 1], weekday: 2, start: '05:00', minutes: 30 },
    ],
    [
      'from Sunday into Monday',
      [window([1], '00:00', 60), window([7], '23:00', 61)],
      { windows: [0, 1], weekday: 1, start: '00:00', minutes: 1 },
    ],
    [
      'one within the other',
      [window([5], '08:00', 600), window([4, 5], '10:00', 60)],
      { windows: [0, 1], weekday: 5, start: '10:00', minutes: 60 },
    ],
  ])('are refused where they overlap: %s', (_, windows, overlap) => {
    expect(syncOverlaps(windows)).toEqual([overlap])
    expect(() => validateSyncSchedule(windows)).toThrow(
      expect.objectContaining({
        code: 'input/invalid',
        message: expect.stringContaining('The windows 1 and 2 are open at the same time'),
        remedy: 'Let one end where the other begins.',
        context: { field: 'sync.1.start' },
      }),
    )
  })

  it('tell each pair of those that overlap once', () => {
    const windows = [window(WORKDAYS, '08:00', 120), window(WORKDAYS, '09:00', 120), window([2], '10:30', 5)]
    expect(syncOverlaps(windows).map((overlap) => overlap.windows)).toEqual([
      [0, 1],
      [1, 2],
    ])
  })

  it('overlap where a minute of the week has two of them, and nowhere else', () => {
    fc.assert(
      fc.property(anySchedule, (windows) => {
        const open = new Map<number, Set<number>>()
        for (const [at, { weekdays, start, minutes }] of windows.entries())
          for (const weekday of new Set(weekdays)) {
            const from = (weekday - 1) * 1440 + Number(start.slice(0, 2)) * 60 + Number(start.slice(3))
            for (let minute = from; minute < from + minutes; minute++)
              open.set(minute % 10_080, (open.get(minute % 10_080) ?? new Set()).add(at))
          }
        const pairs = new Set<string>()
        for (const together of open.values())
          for (const one of together) for (const other of together) if (one < other) pairs.add(`${one} ${other}`)
        expect(new Set(syncOverlaps(windows).map((overlap) => overlap.windows.join(' ')))).toEqual(pairs)
      }),
    )
  })

  it.each<[string, Partial<SyncWindow>, string]>([
    ['no days', { weekdays: [] }, 'sync.0.weekdays'],
    ['a day that is none', { weekdays: [8] }, 'sync.0.weekdays'],
    ['a time that is none', { start: '24:00' }, 'sync.0.start'],
    ['no length', { minutes: 0 }, 'sync.0.minutes'],
    ['more than a day', { minutes: 1441 }, 'sync.0.minutes'],
    ['too little bandwidth', { bytesPerSecond: 65_535 }, 'sync.0.bytesPerSecond'],
  ])('are refused with %s', (_, wrong, field) => {
    expect(() => validateSyncSchedule([{ ...window([1], '22:00', 60), ...wrong }])).toThrow(
      expect.objectContaining({ code: 'input/invalid', context: { field } }),
    )
  })

  it('are refused where there are none', () => {
    expect(() => validateSyncSchedule([])).toThrow(expect.objectContaining({ context: { field: 'sync' } }))
  })
})
