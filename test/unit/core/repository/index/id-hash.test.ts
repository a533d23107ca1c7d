import { expect, it } from 'vitest'

import { createIdHash, drawIdSecret } from '../../../../../core/repository/index/id-hash.ts'

const WORDS = 8
const IDS = 2 ** 16

/** Ids that differ in one word, and there in the bits from `shift` on. */
function idsThatDiffer(word: number, shift: number): Uint32Array {
  const ids = new Uint32Array(IDS * WORDS).fill(0x07070707)
  for (let number = 0; number < IDS; number++) ids[number * WORDS + word] = number << shift
  return ids
}

it.each(Array.from({ length: WORDS }, (_, word) => [word] as const))(
  'ids that differ in word %i alone are spread as chance would spread them',
  (word) => {
    const hash = createIdHash(drawIdSecret())
    for (const shift of [0, 8, 16]) {
      const ids = idsThatDiffer(word, shift)
      const slots = new Set<number>()
      for (let number = 0; number < IDS; number++) slots.add(hash(ids, number * WORDS) & (IDS - 1))
      // By chance 1 - 1/e of the slots are met. Two bytes with a table each make 256 × 256 sums, some of which meet.
      expect(slots.size).toBeGreaterThan(IDS / 2)
    }
  },
)

it('no two secrets spread them alike', () => {
  const ids = idsThatDiffer(0, 0)
  const [one, other] = [createIdHash(drawIdSecret()), createIdHash(drawIdSecret())]
  let alike = 0
  for (let number = 0; number < IDS; number++) {
    if ((one(ids, number * WORDS) & 0xffff) === (other(ids, number * WORDS) & 0xffff)) alike++
  }
  expect(alike).toBeLessThan(100)
})
