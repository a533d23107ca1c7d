import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { PaxRecords } from '../../../../../core/restorer/tar/pax-records.ts'

/** Reads records as POSIX describes them. */
function read(bytes: Buffer): [string, string][] {
  const found: [string, string][] = []
  for (let at = 0; at < bytes.length;) {
    const blank = bytes.indexOf(' ', at)
    const length = Number(bytes.toString('latin1', at, blank))
    const record = bytes.toString('latin1', blank + 1, at + length)
    expect(record.endsWith('\n')).toBe(true)
    const equals = record.indexOf('=')
    found.push([record.slice(0, equals), record.slice(equals + 1, -1)])
    at += length
  }
  return found
}

describe('PAX records', () => {
  it('are none where nothing was set', () => {
    expect(new PaxRecords().bytes).toBeUndefined()
  })

  it('begin with a length that counts its own digits', () => {
    // From 8 bytes of rest on one digit is not enough, from 97 on not two, from 996 on not three.
    for (let length = 0; length < 1100; length++) {
      const records = new PaxRecords()
      records.set('path', 'x'.repeat(length))
      records.set('uid', '3')
      expect(read(records.bytes ?? Buffer.alloc(0))).toEqual([
        ['path', 'x'.repeat(length)],
        ['uid', '3'],
      ])
    }
  })

  it('hold any bytes, and names of attributes with signs that would end a keyword', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array({ minLength: 1 }), (value, name) => {
        const records = new PaxRecords()
        records.setAttribute(Buffer.from(name), value)
        const found = read(records.bytes ?? Buffer.alloc(0)).map(([key, text]) => [
          key.replaceAll('%3D', '=').replaceAll('%25', '%'),
          text,
        ])
        const key = `SCHILY.xattr.${Buffer.from(name).toString('latin1')}`
        expect(found).toEqual([[key, Buffer.from(value).toString('latin1')]])
      }),
    )
  })
})
