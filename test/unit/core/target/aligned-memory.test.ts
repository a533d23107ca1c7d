import { array, assert, integer, nat, option, property, record } from 'fast-check'
import { expect, it } from 'vitest'

import { createAlignedMemory } from '../../../../core/target/aligned-memory.ts'

const KIB = 1024

it('gives each its own bytes, as far behind a block as it was asked', () => {
  const memory = createAlignedMemory(256 * KIB, 4 * KIB)
  const step = record({
    length: integer({ min: 1, max: 100 * KIB }),
    shift: nat(4 * KIB - 1),
    frees: option(nat(10)),
  })
  assert(
    property(array(step, { maxLength: 60 }), (steps) => {
      const taken: { readonly bytes: Buffer; readonly mark: number }[] = []
      for (const [mark, { length, shift, frees }] of steps.entries()) {
        const bytes = memory.take(length, shift)
        if (bytes) {
          expect([bytes.length, bytes.byteOffset % (4 * KIB)]).toEqual([length, shift])
          bytes.fill(mark)
          taken.push({ bytes, mark })
        }
        if (frees !== null) for (const each of taken.splice(frees, 1)) memory.free(each.bytes)
        for (const each of taken) expect(each.bytes.equals(Buffer.alloc(each.bytes.length, each.mark))).toBe(true)
      }
      for (const { bytes } of taken) memory.free(bytes)
    }),
  )
  expect(memory.take(256 * KIB, 0)).toHaveLength(256 * KIB)
})

it('has nothing for whom it has too little, and uses its beginning again', () => {
  const memory = createAlignedMemory(128 * KIB, 4 * KIB)
  const first = memory.take(60 * KIB, 100)
  const second = memory.take(60 * KIB, 100)
  expect(memory.take(8 * KIB, 0)).toBeUndefined()
  expect(memory.take(129 * KIB, 0)).toBeUndefined()
  if (first) memory.free(first)
  expect(memory.take(8 * KIB, 7)?.byteOffset).toBe(7)
  expect(second?.byteOffset).toBe(64 * KIB + 100)
})
