import { describe, expect, it } from 'vitest'

import { type CachedPoint, hotPoints } from '../../../../../core/policy/index.ts'

const DAY = 86_400_000
const NOW = 1_000 * DAY

function point(id: string, age: number, more: Partial<CachedPoint> = {}): CachedPoint {
  return { id, set: 'home', completed: NOW - age, isComplete: true, ...more }
}

const hotOf = (points: CachedPoint[], days = 7): string[] => [...hotPoints(points, () => days, NOW)].toSorted()

describe('points stay hot (CC-10)', () => {
  it('for as many days as their set says, to the moment', () => {
    expect(hotOf([point('new', 0), point('last', 7 * DAY), point('old', 7 * DAY + 1)])).toEqual(['last', 'new'])
  })

  it('each set by its own days', () => {
    const points = [
      point('a', 5 * DAY),
      point('a-new', 0),
      point('b', 5 * DAY, { set: 'b' }),
      point('b-new', 0, { set: 'b' }),
    ]
    expect([...hotPoints(points, (set) => (set === 'b' ? 30 : 1), NOW)].toSorted()).toEqual(['a-new', 'b', 'b-new'])
  })

  it('the newest complete one and the newest of all of a set, however old', () => {
    const points = [point('first', 90 * DAY), point('whole', 60 * DAY), point('part', 50 * DAY, { isComplete: false })]
    expect(hotOf(points)).toEqual(['part', 'whole'])
  })

  it('of no set only by their days: nobody says what comes after them', () => {
    expect(hotOf([point('foreign', 8 * DAY, { set: undefined }), point('young', DAY, { set: undefined })])).toEqual([
      'young',
    ])
  })

  it('also where a clock was ahead as they were made', () => {
    expect(hotOf([point('ahead', -3 * DAY)], 0)).toEqual(['ahead'])
  })
})
