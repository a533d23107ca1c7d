import { setImmediate } from 'node:timers/promises'

import { expect, it } from 'vitest'

import { createBlobIndex, sha256 } from '../../../../../core/repository/index.ts'
import { createPackPlan, LONGEST_READ } from '../../../../../core/restorer/set/pack-plan.ts'
import { createPackReads } from '../../../../../core/restorer/set/pack-reads.ts'
import { changeStorage, openMemoryStorage } from '../../../../../core/storage/index.ts'

it('reads blobs that are longer than a read one after the other, and others meanwhile', async () => {
  const index = createBlobIndex()
  const lengths = [LONGEST_READ + 1, 100, LONGEST_READ + 2, 200, LONGEST_READ + 3, 300]
  for (const length of lengths) {
    const pack = index.packs.add(sha256(Buffer.from(`pack of ${length}`)))
    const location = { type: 'data', pack, offset: 0, length, uncompressedLength: length } as const
    index.add(sha256(Buffer.from(`blob of ${length}`)), location)
  }
  const plan = createPackPlan(index, lengths.length)
  plan.add(0, Uint32Array.from(lengths.keys()), () => false)
  const held: number[] = []
  const together: (readonly number[])[] = []
  const storage = changeStorage(openMemoryStorage(), {
    async load(_, { length = 0, into = new Uint8Array(0) } = {}) {
      held.push(length)
      together.push([...held])
      await setImmediate()
      return into
    },
  })
  const reads = createPackReads({
    storage,
    index,
    workers: 4,
    async write({ entries }) {
      await setImmediate()
      held.splice(held.indexOf(lengths[entries[0] ?? 0] ?? 0), 1)
      return []
    },
  })
  await reads.readAll(plan, () => expect.unreachable())
  expect(together).toHaveLength(lengths.length)
  expect(Math.max(...together.map((some) => some.filter((length) => length > LONGEST_READ).length))).toBe(1)
  expect(Math.max(...together.map((some) => some.length))).toBeGreaterThan(1)
})
