import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { ByteLines } from '../../../../../../core/cli/repo/text/byte-lines.ts'
import { printable } from '../../../../../../core/file-system/index.ts'

describe('lines of bytes', () => {
  it('show names as a person is shown them, however they are put together', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 300 }),
            fc.string().map((text) => Buffer.from(text)),
          ),
        ),
        (names) => {
          const lines = new ByteLines()
          for (const name of names) {
            lines.name(name)
            lines.ascii('\n')
          }
          expect(lines.take().toString()).toBe(names.map((name) => `${printable(name)}\n`).join(''))
        },
      ),
    )
  })

  it('say when there is enough, take what is longer than all their room, and begin again once taken', () => {
    const lines = new ByteLines()
    lines.ascii('a')
    expect(lines.isFull).toBe(false)
    lines.bytes(Buffer.alloc(500_000, 'b'))
    lines.text('ä'.repeat(300_000))
    expect(lines.isFull).toBe(true)
    const taken = lines.take()
    expect(taken.length).toBe(1 + 500_000 + 600_000)
    expect(taken.toString().endsWith('bää')).toBe(false)
    expect(taken.subarray(-4).toString()).toBe('ää')
    expect(lines.isFull).toBe(false)
    expect(lines.take().length).toBe(0)
  })
})
