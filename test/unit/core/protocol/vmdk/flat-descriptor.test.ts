import { describe, expect, it } from 'vitest'

import { formatFlatDescriptor } from '../../../../../core/protocol/index.ts'

const EXTENTS = [
  { path: 'extents/0001/flat.vmdk', bytes: 2 ** 30 },
  { path: 'extents/0002/flat.vmdk', bytes: 512 },
]

describe('the descriptor of a flat disk', () => {
  it('names its extents in sectors, one after the other', () => {
    const text = formatFlatDescriptor(EXTENTS)
    expect(text).toContain('RW 2097152 FLAT "extents/0001/flat.vmdk" 0\nRW 1 FLAT "extents/0002/flat.vmdk" 0\n')
  })

  it('has no empty line directly before the first extent, behind which qemu reads it twice', () => {
    const lines = formatFlatDescriptor(EXTENTS).split('\n')
    expect(lines[lines.findIndex((line) => line.startsWith('RW ')) - 1]).toMatch(/^#/)
  })

  it.each([
    ['a size that is not of whole sectors', { path: 'a', bytes: 513 }],
    ['a name with a quote', { path: 'a"b', bytes: 512 }],
    ['a name of two lines', { path: 'a\nRW 1 FLAT "b" 0', bytes: 512 }],
  ])('is not made of %s', (_title, extent) => {
    expect(() => formatFlatDescriptor([extent])).toThrow(RangeError)
  })
})
