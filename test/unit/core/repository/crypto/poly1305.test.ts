import { createRequire } from 'node:module'

import { expect, it } from 'vitest'

import { loadPoly1305, type Poly1305 } from '../../../../../core/repository/crypto/poly1305.ts'

const real = createRequire(import.meta.url)

/** Loads with a `require` that gives this in place of the compiled part. Returns what was asked for, too. */
function load(compiled: () => Poly1305): { asked: string[]; loaded: Poly1305 } {
  const asked: string[] = []
  const loaded = loadPoly1305((name) => {
    asked.push(name)
    return name === 'sodium-native' ? real(name) : compiled()
  })
  return { asked, loaded }
}

/** RFC 8439, section 2.5.2. */
function tagOf(poly1305: Poly1305): string {
  const tag = Buffer.alloc(16)
  const key = Buffer.from('85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b', 'hex')
  poly1305.crypto_onetimeauth(tag, Buffer.from('Cryptographic Forum Research Group'), key)
  return tag.toString('hex')
}
const RIGHT = 'a8061dc1305136c6c22b8baf0c0127a9'

it('is loaded without the JavaScript around it', () => {
  const asked: string[] = []
  const loaded = loadPoly1305((name) => {
    asked.push(name)
    return real(name)
  })
  expect(asked).toEqual([expect.stringMatching(/^sodium-native\/prebuilds\/.*\.node$/)])
  expect(tagOf(loaded)).toBe(RIGHT)
})

it.each<[string, () => Poly1305]>([
  [
    'is not there',
    () => {
      throw new Error('Cannot find module')
    },
  ],
  ['has not these calls', () => ({}) as Poly1305],
  ['computes something else', () => ({ crypto_onetimeauth: (tag) => void tag.fill(1), sodium_memcmp: () => false })],
  ['takes everything for equal', () => ({ ...(real('sodium-native') as Poly1305), sodium_memcmp: () => true })],
])('is the package’s own where the compiled part %s', (_, compiled) => {
  const { asked, loaded } = load(compiled)
  expect(asked).toHaveLength(2)
  expect(tagOf(loaded)).toBe(RIGHT)
  expect(loaded.sodium_memcmp(Buffer.from('a'), Buffer.from('b'))).toBe(false)
})
