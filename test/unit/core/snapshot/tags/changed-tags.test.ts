import { describe, expect, it } from 'vitest'

import { changedTags } from '../../../../../core/snapshot/index.ts'

const change = (add: string[], remove: string[]) => ({ type: 'change', add, remove }) as const

describe('tags', () => {
  it.each([
    [['a'], change(['b'], []), ['a', 'b']],
    [['a', 'b', 'c'], change([], ['a']), ['b', 'c']],
    [['a'], change(['b', 'b'], ['a']), ['b']],
    [['a', 'a', 'b'], change([], ['a']), ['b']],
    [['a'], { type: 'set', tags: ['x', 'y', 'x'] } as const, ['x', 'y']],
    [['a'], { type: 'set', tags: [] } as const, []],
    [['a'], change(['b'], ['a', 'b']), []],
    [['a', 'repaired'], { type: 'set', tags: ['x'] } as const, ['x', 'repaired']],
  ])('%j become by %j: %j', (tags, how, after) => {
    expect(changedTags(tags, how)).toEqual(after)
  })

  it.each([
    [['a', 'b'], { type: 'set', tags: ['b', 'a'] } as const],
    [['a', 'b'], change(['b'], ['c'])],
    [[], { type: 'set', tags: [] } as const],
    [['a'], change(['b'], ['b'])],
    [['a', 'repaired'], change([], ['repaired'])],
    [['a', 'a'], change([], ['b'])],
  ])('%j stay as they are by %j', (tags, how) => {
    expect(changedTags(tags, how)).toBeUndefined()
  })
})
