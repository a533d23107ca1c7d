import { scryptSync } from 'node:crypto'

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { createLaneMixer } from '../../../../../core/repository/crypto/lane-mixer.ts'
import { parallelScrypt } from '../../../../../core/repository/crypto/parallel-scrypt.ts'

describe('scrypt on several threads', () => {
  it.each([
    // RFC 7914, section 12.
    ['password', 'NaCl', 1024, 8, 16, 'fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162'],
    [
      'pleaseletmein',
      'SodiumChloride',
      16_384,
      8,
      1,
      '7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2',
    ],
  ])('gives what RFC 7914 gives for %s', async (password, salt, N, r, p, expected) => {
    const key = await parallelScrypt(password, 64, { N, r, p, salt: Buffer.from(salt) }, createLaneMixer())
    expect(key.toString('hex').slice(0, 64)).toBe(expected)
  })

  it('gives what Node gives, whatever the parameters', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.uint8Array({ minLength: 1, maxLength: 64 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        async (password, salt, log, r, p) => {
          const N = 2 ** log
          const expected = scryptSync(password, salt, 64, { N, r, p })
          expect(await parallelScrypt(password, 64, { N, r, p, salt }, createLaneMixer())).toEqual(expected)
        },
      ),
      { numRuns: 25 },
    )
  })
})
