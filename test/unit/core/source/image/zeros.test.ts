import { describe, expect, it } from 'vitest'

import { isZeros } from '../../../../../core/source/index.ts'

describe('the test for zeros', () => {
  it.each([0, 1, 63, 64, 65, 4096, 1_048_576])('knows %d zeros, and a bit anywhere among them', (length) => {
    const bytes = Buffer.alloc(length)
    expect(isZeros(bytes)).toBe(true)
    const places = [0, 1, 62, 63, 64, 65, 127, 128, length >> 1, length - 65, length - 64, length - 1]
    for (const at of new Set(places.filter((place) => place >= 0 && place < length))) {
      bytes[at] = 0x10
      expect(isZeros(bytes)).toBe(false)
      bytes[at] = 0
    }
  })

  it('is not misled by what repeats itself', () => {
    expect(isZeros(Buffer.alloc(4096, 1))).toBe(false)
    expect(isZeros(Buffer.alloc(4096, Buffer.concat([Buffer.alloc(64), Buffer.alloc(64, 1)])))).toBe(false)
  })
})
