import { describe, expect, it } from 'vitest'

import { systemChance } from '../../../../core/base/index.ts'

describe('the system’s chance', () => {
  it('fills the very memory it is given, each time anew', () => {
    const target = Buffer.alloc(32)
    expect(systemChance.fill(target)).toBe(target)
    const first = Buffer.from(target)
    systemChance.fill(target)
    expect(target).not.toEqual(first)
    expect(first).not.toEqual(Buffer.alloc(32))
  })

  it('gives fractions from zero up to but not including one, from both halves', () => {
    const fractions = Array.from({ length: 200 }, () => systemChance.fraction())
    expect(fractions.every((fraction) => fraction >= 0 && fraction < 1)).toBe(true)
    expect(fractions.some((fraction) => fraction < 0.5)).toBe(true)
    expect(fractions.some((fraction) => fraction >= 0.5)).toBe(true)
  })
})
