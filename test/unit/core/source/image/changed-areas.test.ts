import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { type DiskArea, readAreas } from '../../../../../core/source/index.ts'

function read(text: string, bytes = 1000, pieceBytes = text.length): DiskArea[] {
  const found: DiskArea[] = []
  const all = Buffer.from(text)
  const pieces: Buffer[] = []
  for (let at = 0; at < all.length; at += pieceBytes) pieces.push(all.subarray(at, at + pieceBytes))
  readAreas(pieces, bytes, (area) => found.push(area))
  return found
}

describe('a list of changed areas', () => {
  it('is read as JSON reads it, however it is written and in whatever pieces', () => {
    const area = fc.record({ offset: fc.integer({ min: 0, max: 500 }), length: fc.integer({ min: 0, max: 500 }) })
    fc.assert(
      fc.property(
        fc.array(area),
        fc.constantFrom(undefined, 1, '\t', '\r\n '),
        fc.integer({ min: 1, max: 9 }),
        (areas, space, piece) => {
          expect(read(JSON.stringify(areas, undefined, space), 1000, piece)).toEqual(areas)
        },
      ),
    )
  })

  it('may name the length first, and areas in any order that overlap', () => {
    expect(read(' [ {"length":10,"offset":990} ,{"offset":0,"length":1000},{"offset":1000,"length":0}]\n')).toEqual([
      { offset: 990, length: 10 },
      { offset: 0, length: 1000 },
      { offset: 1000, length: 0 },
    ])
  })

  it('may have millions of areas', () => {
    const one = Buffer.from('{"offset":0,"length":1},'.repeat(10_000))
    function* pieces(): Generator<Buffer> {
      yield Buffer.from('[')
      for (let piece = 0; piece < 200; piece++) yield one
      yield Buffer.from('{"offset":1,"length":1}]')
    }
    let count = 0
    readAreas(pieces(), 1000, () => count++)
    expect(count).toBe(2_000_001)
  })

  it.each([
    '',
    'null',
    '{}',
    '{"offset":0,"length":1}',
    '[',
    '[]]',
    '[],',
    '[1]',
    '[null]',
    '[[]]',
    '[{}]',
    '[{"offset":0}]',
    '[{"offset":0,"offset":0}]',
    '[{"offset":0,"length":1,"more":2}]',
    '[{"offset":0,"length":1},]',
    '[{"offset":0,"length":1}',
    '[{"offset":0,"length":1}{"offset":0,"length":1}]',
    '[{"offset":-1,"length":1}]',
    '[{"offset":0.5,"length":1}]',
    '[{"offset":1e2,"length":1}]',
    '[{"offset":01,"length":1}]',
    '[{"offset":"0","length":1}]',
    '[{"offset":0,"length":1001}]',
    '[{"offset":1001,"length":0}]',
    '[{"offset":9007199254740992,"length":1}]',
    '[{"offset":9007199254740991,"length":9007199254740991}]',
    '[{"offset":99999999999999999999999,"length":1}]',
    '[{"start":0,"length":1}]',
    '[{"off\\u0073et":0,"length":1}]',
    '[{"offset":0,"length":1}] x',
    `[{"${'o'.repeat(100_000)}":0}]`,
    '\ufeff[]',
  ])('is refused, and the byte is told: %.60s', (text) => {
    expect(() => read(text)).toThrow(/^The list of changed areas cannot be used: at byte \d+, /)
  })
})
