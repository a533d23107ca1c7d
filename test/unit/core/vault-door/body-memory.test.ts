import { describe, expect, it } from 'vitest'

import { createBodyMemory } from '../../../../core/vault-door/admit/body-memory.ts'

const MIB = 1024 * 1024

describe('memory for bodies', () => {
  it('is used again, as long as was asked for', async () => {
    const memory = createBodyMemory({ most: 64 * MIB, mostOfOne: 64 * MIB })
    const first = await memory.take(15 * MIB + 1, 'a')
    const { buffer } = first.bytes
    first.giveBack()
    const second = await memory.take(14 * MIB, 'b')
    expect(second.bytes.length).toBe(14 * MIB)
    expect(second.bytes.buffer).toBe(buffer)
  })

  it('is nobody else’s while somebody has it', async () => {
    const memory = createBodyMemory({ most: 64 * MIB, mostOfOne: 64 * MIB })
    const [first, second] = [await memory.take(16 * MIB, 'a'), await memory.take(16 * MIB, 'a')]
    expect(first.bytes.buffer).not.toBe(second.bytes.buffer)
  })

  it('is not used again where somebody may still read it', async () => {
    const memory = createBodyMemory({ most: 64 * MIB, mostOfOne: 64 * MIB })
    const first = await memory.take(16 * MIB, 'a')
    first.giveBack({ isInUse: true })
    const second = await memory.take(16 * MIB, 'a')
    expect(second.bytes.buffer).not.toBe(first.bytes.buffer)
  })

  it('is not more than there may be, with what is kept for others', async () => {
    const memory = createBodyMemory({ most: 64 * MIB, mostOfOne: 64 * MIB })
    const small = await memory.take(16 * MIB, 'a')
    const { buffer } = small.bytes
    small.giveBack()
    const large = await memory.take(64 * MIB, 'a')
    expect(large.bytes.length).toBe(64 * MIB)
    large.giveBack()
    const again = await memory.take(16 * MIB, 'a')
    expect(again.bytes.buffer).not.toBe(buffer)
  })
})
