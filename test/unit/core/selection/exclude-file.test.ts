import { describe, expect, it } from 'vitest'

import { parseExcludeFile } from '../../../../core/selection/exclude-file.ts'
import { parseFolderTag } from '../../../../core/selection/folder-tag.ts'

const environment = { HOME: '/home/u', EMPTY: '', É: 'no name of a variable', GREETING: 'é' }
const parse = (text: string | Buffer): string[] => parseExcludeFile(Buffer.from(text), environment)

describe('a file of patterns', () => {
  it('passes over comments and empty lines, and cuts white space', () => {
    expect(parse('# a comment\n\n  *.o \r\n\t# another\n \u00a0x\u3000\n!y')).toEqual(['*.o', 'x', '!y'])
  })

  it('keeps bytes that are not UTF-8', () => {
    expect(parseExcludeFile(Buffer.from('caf\xe9\n', 'latin1'), {})).toEqual(['caf\xe9'])
  })

  it.each([
    ['$HOME/x', '/home/u/x'],
    ['${HOME}x', '/home/ux'],
    ['a$$b', 'a$b'],
    ['$UNKNOWN/x', '/x'],
    ['${EMPTY}x', 'x'],
    ['$GREETING', '\xc3\xa9'],
    ['x$', 'x$'],
    ['$/x', '$/x'],
    ['${}x', 'x'],
    ['a${HOME', 'aHOME'],
    ['$1x', 'x'],
    ['$É', '$\xc3\x89'],
  ])('expands %s to %s', (line, pattern) => {
    expect(parse(line)).toEqual([pattern])
  })

  it.each([
    ['UTF-8', Buffer.from('\ufeffé\nb')],
    ['UTF-16, little end first', Buffer.from('\ufeffé\nb', 'utf16le')],
    ['UTF-16, big end first', Buffer.from('\ufeffé\nb', 'utf16le').swap16()],
  ])('understands a byte order mark of %s', (_name, content) => {
    expect(parse(content)).toEqual(['\xc3\xa9', 'b'])
  })
})

describe('a folder tag', () => {
  it.each([
    ['.nobackup', '.nobackup', ''],
    ['TAG:begins so: and on', 'TAG', 'begins so: and on'],
    ['é:', '\xc3\xa9', ''],
  ])('%s is parsed', (text, name, header) => {
    expect(parseFolderTag(text)).toEqual({ name, header })
  })

  it.each(['', ':header'])('%j is refused', (text) => {
    expect(() => parseFolderTag(text)).toThrow('names no file')
  })
})
