import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { goJsonText, readJsonBytes, writeJsonBytes } from '../../../../../core/snapshot/json/json-string.ts'

function written(bytes: Buffer): string {
  const target = Buffer.alloc(6 * bytes.length + 1)
  return target.toString('utf8', 0, writeJsonBytes(target, 0, bytes))
}

const read = (text: string): string => readJsonBytes(Buffer.from(text), 0, text.length).toString()

describe('JSON strings as Go writes them', () => {
  it.each([
    ['<script>&', '\\u003cscript\\u003e\\u0026'],
    ['a\u{2028}b\u{2029}c\u{202a}', 'a\\u2028b\\u2029c\u{202a}'],
    ['\x00\x01\b\t\n\v\f\r\x1f', '\\u0000\\u0001\\u0008\\t\\n\\u000b\\u000c\\r\\u001f'],
    ['"\\/', '\\"\\\\/'],
    ['\x7fé漢😀\u{fffd}', '\x7fé漢😀\u{fffd}'],
  ])('writes %j as %s', (text, expected) => {
    expect(written(Buffer.from(text))).toBe(expected)
    expect(goJsonText(text)).toBe(`"${expected}"`)
  })

  it('writes each byte that is not UTF-8 as one U+FFFD', () => {
    expect(written(Buffer.from('a\xff\xe2\x80 \xed\xa0\x80\xf0\x9f\x98', 'latin1'))).toBe(
      'a\\ufffd\\ufffd\\ufffd \\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd',
    )
  })

  it('writes what every JSON reader takes for the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(JSON.parse(goJsonText(text))).toBe(text.toWellFormed())
      }),
    )
  })

  it('reads what any JSON writer wrote', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, escapeAll) => {
        const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i).toString(16).padStart(4, '0'))
        const inside = escapeAll ? units.map((unit) => `\\u${unit}`).join('') : JSON.stringify(text).slice(1, -1)
        const bytes = Buffer.from(`xx${inside}"\\u0041`)
        const end = 2 + Buffer.byteLength(inside)
        expect(readJsonBytes(bytes, 2, end).toString()).toBe(text.toWellFormed())
      }),
    )
  })

  it('reads half of a surrogate pair as U+FFFD, as Go does', () => {
    expect(read('\\ud83d\\ude00')).toBe('😀')
    expect(read('\\ud83dx\\ude00\\ud83d')).toBe('\u{fffd}x\u{fffd}\u{fffd}')
    expect(read('\\ude00\\ude00')).toBe('\u{fffd}\u{fffd}')
    expect(read('\\ud83d\\u0041')).toBe('\u{fffd}A')
  })
})
