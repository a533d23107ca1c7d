import { describe, expect, it } from 'vitest'

import { withoutBlanks, passwordInFile } from '../../../../../../core/cli/repo/password/password-bytes.ts'

// Each was tried with restic 0.14: it made a repository by such a file, and opened it by the password beside it.
const SEEN: readonly [what: string, stored: string, password: string][] = [
  ['one line', 'pw\n', 'pw'],
  ['a line from Windows', 'pw\r\n', 'pw'],
  ['several line ends', 'pw\n\n\r\n', 'pw'],
  ['blanks around it', '\x0b\x0c  pw \t', 'pw'],
  ['blanks beyond ASCII', '\xe3\x80\x80pw\xc2\xa0\xc2\x85\xe2\x80\xa8', 'pw'],
  ['what looks like a blank and is none', '\xe2\x80\x8bpw\xe1\xa0\x8e', '\xe2\x80\x8bpw\xe1\xa0\x8e'],
  ['a line end within', 'p\nw\n', 'p\nw'],
  ['the mark of UTF-8', '\xef\xbb\xbfpw\n', 'pw'],
  ['the mark of UTF-8 before blanks', '\xef\xbb\xbf \npw', 'pw'],
  ['the mark of UTF-8 where it is none', ' \xef\xbb\xbfpw\xef\xbb\xbf', '\xef\xbb\xbfpw\xef\xbb\xbf'],
  ['UTF-16, as Notepad has it', '\xff\xfep\0w\0\r\0\n\0', 'pw'],
  ['UTF-16, the other way round', '\xfe\xff\0p\0w\0\n', 'pw'],
  ['UTF-16 of an odd length', '\xff\xfep\0w\0x', 'pw\xef\xbf\xbd'],
  ['UTF-16 with half a pair', '\xff\xfe\0\xd8p\0', '\xef\xbf\xbdp'],
  ['bytes that are not UTF-8', '\xfe\xfepw\xff\n', '\xfe\xfepw\xff'],
  ['bytes that are blanks in Latin-1', '\xa0pw\x85', '\xa0pw\x85'],
  ['a mark and nothing else', '\xef\xbb\xbf\n', ''],
]

describe('the password in a file', () => {
  it.each(SEEN)('is what restic takes of %s', (_, stored, password) => {
    expect(passwordInFile(Buffer.from(stored, 'latin1')).toString('latin1')).toBe(password)
  })
})

describe('the password that a command prints', () => {
  it('is cut like that in a file, and a mark belongs to it, as with restic', () => {
    const printed = Buffer.from(' \xef\xbb\xbfpw\xff\r\n', 'latin1')
    expect(withoutBlanks(printed).toString('latin1')).toBe('\xef\xbb\xbfpw\xff')
  })
})
