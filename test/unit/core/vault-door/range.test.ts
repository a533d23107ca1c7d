import { assert, nat, option, property } from 'fast-check'
import { describe, expect, it } from 'vitest'

import { readRange } from '../../../../core/vault-door/request/range.ts'

describe('the range of a request', () => {
  it.each([
    ['bytes=0-', 10, { offset: 0, length: 10 }],
    ['bytes=3-5', 10, { offset: 3, length: 3 }],
    ['bytes=3-99', 10, { offset: 3, length: 7 }],
    ['bytes=-4', 10, { offset: 6, length: 4 }],
    ['bytes=-40', 10, { offset: 0, length: 10 }],
  ])('%s of %i bytes', (header, size, range) => {
    expect(readRange(header, size)).toEqual(range)
  })

  it.each([undefined, '', 'bytes=', 'bytes=-', 'bytes=5-3', 'bytes=0-1,4-5', 'lines=0-1', 'bytes=a-b', 'bytes=0-1e3'])(
    'is passed over where it is none, or several: %s',
    (header) => {
      expect(readRange(header, 10)).toBeUndefined()
    },
  )

  it.each([
    ['bytes=10-', 10],
    ['bytes=99-100', 10],
    ['bytes=0-', 0],
    ['bytes=-0', 10],
  ])('is refused where it begins behind the end: %s of %i bytes', (header, size) => {
    expect(() => readRange(header, size)).toThrow(expect.objectContaining({ status: 416 }))
  })

  it('never leads out of the file', () => {
    const number = nat(2000)
    assert(
      property(option(number), option(number), nat(1000), (first, last, size) => {
        let range
        try {
          range = readRange(`bytes=${first ?? ''}-${last ?? ''}`, size)
        } catch {
          return true
        }
        return range === undefined || (range.length > 0 && range.offset + range.length <= size)
      }),
    )
  })
})
