import * as fc from 'fast-check'
import { expect, it } from 'vitest'

import { createNumberReader, createNumberWriter } from '../../../../core/base/index.ts'

it('are the same numbers again, whatever they are, and small ones take a byte', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(300), fc.maxSafeNat())), (numbers) => {
      const writer = createNumberWriter()
      for (const number of numbers) writer.write(number)
      expect(writer.length).toBeGreaterThanOrEqual(numbers.length)
      const reader = createNumberReader(writer.take())
      expect(numbers.map(() => reader.next())).toEqual(numbers)
      expect(writer.length).toBe(0)
    }),
  )
  const writer = createNumberWriter()
  for (let number = 0; number < 128; number++) writer.write(number)
  expect(writer.take()).toHaveLength(128)
})
