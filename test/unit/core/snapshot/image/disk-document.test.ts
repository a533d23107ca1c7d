import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import { decodeDiskDocument } from '../../../../../core/snapshot/image/disk-document.ts'
import { chooseLayout, encodeDiskDocument } from '../../../../../core/snapshot/index.ts'

const GIB = 2 ** 30
const GOOD = { version: 1, bytes: 5000, blockBytes: 2 ** 20, extentBytes: GIB }

describe('disk.json', () => {
  it.each([1, 5000, 3 * GIB + 5, 2 ** 42])('brings the layout of %d bytes back', (bytes) => {
    const layout = chooseLayout(bytes)
    expect(decodeDiskDocument(encodeDiskDocument(layout), 'disk.json')).toEqual(layout)
  })

  it.each([
    ['', 'is no JSON'],
    ['{', 'is no JSON'],
    [' '.repeat(5000), 'is no description'],
    ['[]', 'is no description'],
    ['null', 'is no description'],
    ['1', 'is no description'],
    ['{}', 'describes no disk'],
    [{ ...GOOD, version: 0 }, 'describes no disk'],
    [{ ...GOOD, more: 1 }, 'describes no disk'],
    [{ ...GOOD, bytes: 0 }, 'describes no disk'],
    [{ ...GOOD, bytes: -5 }, 'describes no disk'],
    [{ ...GOOD, bytes: 1.5 }, 'describes no disk'],
    [{ ...GOOD, bytes: '5' }, 'describes no disk'],
    [{ ...GOOD, bytes: 1e300 }, 'describes no disk'],
    [{ ...GOOD, bytes: 2 ** 50 + 1, extentBytes: 2 ** 42 }, 'describes no disk'],
    [{ ...GOOD, bytes: 512 * GIB + 1 }, 'describes no disk'],
    [{ ...GOOD, blockBytes: 0 }, 'describes no disk'],
    [{ ...GOOD, blockBytes: 512 }, 'describes no disk'],
    [{ ...GOOD, blockBytes: 3 * 2 ** 20 }, 'describes no disk'],
    [{ ...GOOD, blockBytes: 2 ** 27 }, 'describes no disk'],
    [{ ...GOOD, extentBytes: 0 }, 'describes no disk'],
    [{ ...GOOD, extentBytes: GIB / 2 }, 'describes no disk'],
    [{ ...GOOD, extentBytes: 2 ** 51 }, 'describes no disk'],
    [{ ...GOOD, version: 2 }, 'is of version 2'],
  ])('is refused: %j', (document, reason) => {
    const text = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document))
    expect(() => decodeDiskDocument(text, 'NAME/disk.json')).toThrow(`NAME/disk.json ${reason}`)
    expect(() => decodeDiskDocument(text, 'it')).toThrow(
      expect.toSatisfy((error) => isCode(error, 'repository/damaged') || isCode(error, 'repository/unsupported')),
    )
  })
})
