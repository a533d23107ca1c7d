import { describe, expect, it } from 'vitest'

import { createReadMemory } from '../../../../../core/maintenance/reading/read-memory.ts'

const MIB = 2 ** 20

describe('memory for reading packs', () => {
  it('is given out up to its bound; who comes later waits', async () => {
    const memory = createReadMemory(10 * MIB)
    const first = await memory.take(6 * MIB)
    const order: string[] = []
    const second = memory.take(6 * MIB).then((buffer) => {
      order.push('second')
      return buffer
    })
    await Promise.resolve()
    order.push('giving back')
    memory.giveBack(first)
    expect((await second).byteLength).toBeGreaterThanOrEqual(6 * MIB)
    expect(order).toEqual(['giving back', 'second'])
  })

  it('is used again where it is large enough', async () => {
    const memory = createReadMemory(10 * MIB)
    const first = await memory.take(4 * MIB)
    memory.giveBack(first)
    expect(await memory.take(3 * MIB)).toBe(first)
  })

  it('is given beyond its bound to one alone', async () => {
    const memory = createReadMemory(10 * MIB)
    const large = await memory.take(30 * MIB)
    expect(large.byteLength).toBeGreaterThanOrEqual(30 * MIB)
    const next = memory.take(1)
    memory.giveBack(large)
    expect(await next).not.toBe(large)
  })
})
