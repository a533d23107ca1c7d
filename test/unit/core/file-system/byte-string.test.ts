import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { cutBlanks, isUtf8Name, joinPath, printable, toByteString } from '../../../../core/file-system/index.ts'

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
    expect(printable(Buffer.from('a\nmissed: b\x1b[2J\x7f\u009b'))).toBe(String.raw`a\x0amissed: b\x1b[2J\x7f\xc2\x9b`)
  })

  it.each([
    ['directions', [0x061c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069]],
    ['line ends that editors know', [0x85, 0x2028, 0x2029]],
    ['what shows as nothing', [0xad, 0x034f, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x2060, 0x3164, 0xfe0f, 0xfeff]],
    ['shorthand, notes and tags', [0x1bca0, 0xfff9, 0xfffb, 0xe0001, 0xe0041, 0xe0100]],
  ])('hides nothing behind %s', (_, codes) => {
    for (const code of codes) {
      const character = Buffer.from(String.fromCodePoint(code))
      const shown = [...character].map((byte) => `\\x${byte.toString(16)}`).join('')
      expect(printable(Buffer.concat([Buffer.from('annual '), character, Buffer.from('fdp.exe')]))).toBe(
        `annual ${shown}fdp.exe`,
      )
    }
  })

  it('leaves letters, marks and signs of all scripts as they are', () => {
    const text = 'ÄÖÜ ñ ė́ Ελλ русский עברית العربية हिन्दी ไทย 日本語 한국어 😀 «»–— \u00a0 \ufffd'
    expect(printable(Buffer.from(text))).toBe(text)
  })

  it('can be typed again: the bytes are those that are shown', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        fc.pre(!text.includes('\\'))
        const shown = printable(Buffer.from(text))
        const typed = Buffer.from(shown)
          .toString('latin1')
          .replaceAll(/\\x(..)/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
        expect(Buffer.from(typed, 'latin1').equals(Buffer.from(text))).toBe(true)
        expect(shown).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u)
      }),
    )
  })
})

describe('the blanks around a text', () => {
  it.each([
    ['', ''],
    [' \t\r\n', ''],
    ['  a b  ', 'a b'],
    ['\xc2\xa0\xe3\x80\x80x\xe2\x80\xa9', 'x'],
    ['\xa0x\x80', '\xa0x\x80'],
  ])('%j becomes %j', (text, cut) => {
    expect(cutBlanks(text)).toBe(cut)
  })

  it('are cut in one go, however many are within it', () => {
    const text = `x${' '.repeat(3_000_000)}y`
    expect(cutBlanks(`${text} \n`) === text).toBe(true)
  })
})
