import { describe, expect, it } from 'vitest'

import { gatherWrites } from '../../../../../core/restorer/tar/gathered-writes.ts'

describe('writes that are gathered', () => {
  it('are the same bytes in fewer pieces', async () => {
    const written: Buffer[] = []
    const gathered = gatherWrites((bytes) => {
      written.push(Buffer.from(bytes))
      return Promise.resolve()
    })
    const pieces = Array.from({ length: 2000 }, (_, at) => Buffer.alloc((at * 37) % 1500, at))
    pieces.splice(700, 0, Buffer.alloc(3_000_000, 'large'))
    for (const piece of pieces) await gathered.write(piece)
    await gathered.flush()
    expect(Buffer.concat(written).equals(Buffer.concat(pieces))).toBe(true)
    expect(written.length).toBeLessThan(20)
  })

  it('are waited for', async () => {
    const gathered = gatherWrites(() => Promise.reject(new RangeError('full')))
    await gathered.write(Buffer.alloc(100))
    await expect(gathered.flush()).rejects.toThrow('full')
  })
})
