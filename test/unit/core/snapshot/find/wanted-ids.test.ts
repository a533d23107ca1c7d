import { describe, expect, it } from 'vitest'

import { createWantedIds } from '../../../../../core/snapshot/index.ts'
import { rejection } from '../rejection.ts'

const ids = Buffer.concat(['a1', 'b2', 'a1', 'c3'].map((byte) => Buffer.from(byte.repeat(32), 'hex')))

/** The positions of those that are wanted. */
function found(...prefixes: string[]): number[] {
  const wanted = createWantedIds(prefixes)
  const at: number[] = []
  for (let next = wanted.indexIn(ids); next >= 0; next = wanted.indexIn(ids, next + 32)) at.push(next / 32)
  return at
}

describe('ids that are looked for', () => {
  it.each([
    [['a1a1'], [0, 2]],
    [['b'], [1]],
    [['C3c3C3'], [3]],
    [['a1'.repeat(32)], [0, 2]],
    [['a1a2', 'b3', 'd'], []],
    [
      ['a', 'c3', 'ff'],
      [0, 2, 3],
    ],
  ])('%j are at %j', (prefixes, at) => {
    expect(found(...prefixes)).toEqual(at)
  })

  it('that were met nowhere are told', () => {
    const wanted = createWantedIds(['a1', 'D4', 'b2b3', 'a'])
    wanted.indexIn(ids)
    expect(wanted.missing()).toEqual(['d4', 'b2b3'])
  })

  it.each(['', 'xyz', '420f 620f', 'a'.repeat(65)])('%j is none', (text) => {
    expect(rejection(() => createWantedIds([text]))).toBe('input/invalid')
  })
})
