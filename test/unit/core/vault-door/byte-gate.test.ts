import { setImmediate } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { type ByteGate, createByteGate } from '../../../../core/vault-door/admit/byte-gate.ts'

interface Asked {
  isIn: boolean
  giveBack: () => void
}

function ask(gate: ByteGate, bytes: number, who: string, signal?: AbortSignal): Asked {
  const asked: Asked = { isIn: false, giveBack: () => undefined }
  gate.take(bytes, who, { signal }).then(
    (giveBack) => Object.assign(asked, { isIn: true, giveBack }),
    () => undefined,
  )
  return asked
}

describe('memory for what agents send', () => {
  it('is given to no more than there is for, in the order in which they came', async () => {
    const gate = createByteGate({ most: 100, mostOfOne: 100 })
    const first = ask(gate, 60, 'a')
    const large = ask(gate, 90, 'b')
    const small = ask(gate, 10, 'c')
    await setImmediate()
    expect([first.isIn, large.isIn, small.isIn]).toEqual([true, false, false])
    first.giveBack()
    await setImmediate()
    expect([large.isIn, small.isIn]).toEqual([true, true])
  })

  it('is not all given to one, who keeps nobody else waiting', async () => {
    const gate = createByteGate({ most: 100, mostOfOne: 50 })
    const greedy = [30, 30, 30].map((bytes) => ask(gate, bytes, 'a'))
    const other = ask(gate, 40, 'b')
    await setImmediate()
    expect(greedy.map(({ isIn }) => isIn)).toEqual([true, false, false])
    expect(other.isIn).toBe(true)
  })

  it('is given to a single one that is larger than a share', async () => {
    const gate = createByteGate({ most: 100, mostOfOne: 50 })
    const large = ask(gate, 100, 'a')
    await setImmediate()
    expect(large.isIn).toBe(true)
  })

  it('passes by whoever has gone', async () => {
    const gate = createByteGate({ most: 100, mostOfOne: 100 })
    const first = ask(gate, 100, 'a')
    const leaving = new AbortController()
    const gone = ask(gate, 100, 'b', leaving.signal)
    const last = ask(gate, 100, 'c')
    await setImmediate()
    leaving.abort()
    first.giveBack()
    await setImmediate()
    expect([gone.isIn, last.isIn]).toEqual([false, true])
  })
})
