import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { quote, unquote } from '../../../../../core/snapshot/json/go-quote.ts'
import { rejection } from '../rejection.ts'

const quoted = (name: Buffer | string): string => Buffer.from(quote(Buffer.from(name))).toString()

describe('quoting names as Go does', () => {
  it.each([
    ['plain name.txt', 'plain name.txt'],
    ['q"uote', 'q\\"uote'],
    ['back\\slash', 'back\\\\slash'],
    ["it's", "it's"],
    ['new\nline', 'new\\nline'],
    ['\x07\b\f\r\t\v\x00\x01\x1f\x7f', '\\a\\b\\f\\r\\t\\v\\x00\\x01\\x1f\\x7f'],
    ['nb\u{a0}sp', 'nb\\u00a0sp'],
    ['a\u{2028}\u{3000}\u{2003}', 'a\\u2028\\u3000\\u2003'],
    ['\u{ad}\u{200b}\u{feff}\u{e0001}', '\\u00ad\\u200b\\ufeff\\U000e0001'],
    ['\u{e000}', '\\ue000'],
    ['\u{85}', '\\u0085'],
    ['é \u{301} ﬁ 😀 \u{fffd} 漢字', 'é \u{301} ﬁ 😀 \u{fffd} 漢字'],
  ])('writes %j as %s', (name, expected) => {
    expect(quoted(name)).toBe(expected)
    expect(Buffer.from(unquote(Buffer.from(expected))).toString()).toBe(name)
  })

  it.each([
    ['Latin-1 in the middle', 'bad-\xff\xe9A', 'bad-\\xff\\xe9A'],
    ['half of a surrogate pair', '\xed\xa0\x80', '\\xed\\xa0\\x80'],
    ['a code point above U+10FFFF', '\xf4\x90\x80\x80', '\\xf4\\x90\\x80\\x80'],
    ['an overlong form', '\xc0\xaf', '\\xc0\\xaf'],
    ['a sequence that is cut off', 'a\xe2\x80', 'a\\xe2\\x80'],
    ['a cut sequence before a whole one', '\xe2\xc3\xa9', '\\xe2é'],
  ])('writes each byte of %s as \\x', (_what, latin1, expected) => {
    const name = Buffer.from(latin1, 'latin1')
    expect(quoted(name)).toBe(expected)
    expect(Buffer.from(unquote(Buffer.from(expected)))).toEqual(name)
  })

  it('gives back every name that it quoted', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 40 }),
          fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (name) => {
          const stored = quote(name)
          expect(Buffer.from(stored).toString()).not.toContain('\u{0}')
          expect(Buffer.from(unquote(stored))).toEqual(Buffer.from(name))
        },
      ),
    )
  })

  it('reads octal escapes, which Go never writes but reads', () => {
    expect(Buffer.from(unquote(Buffer.from('\\101\\377')))).toEqual(Buffer.from([0x41, 0xff]))
  })

  it.each([
    'a"b',
    'a\nb',
    '\\',
    '\\q',
    "\\'",
    '\\x4',
    '\\xzz',
    '\\u12',
    '\\ud800',
    '\\U00110000',
    '\\400',
    '\\12',
    '\\8',
  ])('refuses %j', (stored) => {
    expect(rejection(() => unquote(Buffer.from(stored)))).toBe('repository/damaged')
  })
})
