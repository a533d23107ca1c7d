import { expect, it } from 'vitest'

import { createLatestUsed } from '../../../../core/base/index.ts'

it('keeps the values that were used last, and makes no value twice that it keeps', () => {
  const made: string[] = []
  const kept = createLatestUsed<string, string | undefined>(2)
  const take = (key: string): string | undefined =>
    kept.take(key, () => {
      made.push(key)
      return key === 'nothing' ? undefined : `of ${key}`
    })
  expect([take('a'), take('nothing'), take('a'), take('nothing')]).toEqual(['of a', undefined, 'of a', undefined])
  expect(made).toEqual(['a', 'nothing'])
  take('a')
  take('b')
  expect(['a', 'b', 'nothing'].map((key) => kept.has(key))).toEqual([true, true, false])
  kept.forget('a')
  take('a')
  expect(made).toEqual(['a', 'nothing', 'b', 'a'])
})
