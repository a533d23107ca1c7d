import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { isUtf8Name, joinPath, printable, toByteString } from '../../../../core/source/index.ts'

const bytes = fc.uint8Array({ maxLength: 40 })

describe('a byte string', () => {
  it('sorts by default in the order of the bytes', () => {
    fc.assert(
      fc.property(fc.array(bytes), (names) => {
        const strings = names.map((name) => Buffer.from(name).toString('latin1')).toSorted()
        const buffers = names.map((name) => Buffer.from(name)).toSorted((a, b) => Buffer.compare(a, b))
        expect(strings.map((name) => Buffer.from(name, 'latin1'))).toEqual(buffers)
      }),
    )
  })

  it('is made of text as its UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(Buffer.from(toByteString(text), 'latin1')).toEqual(Buffer.from(text))
      }),
    )
  })

  it('joins a folder and a name of any bytes', () => {
    expect(joinPath(Buffer.from('/a/b'), 'c\xff')).toEqual(Buffer.from('/a/b/c\xff', 'latin1'))
    expect(joinPath(Buffer.from('/'), 'c')).toEqual(Buffer.from('/c'))
    expect(joinPath(Buffer.alloc(0), 'c')).toEqual(Buffer.from('c'))
  })

  it('FS-17: knows whether it is UTF-8', () => {
    expect(isUtf8Name('plain')).toBe(true)
    expect(isUtf8Name(toByteString('日本 é'))).toBe(true)
    expect(isUtf8Name('caf\xe9')).toBe(false)
    expect(isUtf8Name('\xed\xa0\x80')).toBe(false)
  })
})

describe('a printed name', () => {
  it('shows text as text', () => {
    expect(printable(Buffer.from('/a b/é'))).toBe('/a b/é')
  })

  it('shows bytes that are not UTF-8 as numbers', () => {
    expect(printable(Buffer.from('caf\xe9', 'latin1'))).toBe(String.raw`caf\xe9`)
  })

  it('neither forges a line nor steers a terminal', () => {
    expect(printable(Buffer.from('a\nmissed: b\x1b[2J\x7f\u009b'))).toBe(String.raw`a\x0amissed: b\x1b[2J\x7f\x9b`)
  })
})
