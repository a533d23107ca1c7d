import { describe, expect, it } from 'vitest'

import { isCode } from '../../../../../core/base/index.ts'
import {
  drawPolynomial,
  formatPolynomial,
  isIrreducible,
  parsePolynomial,
} from '../../../../../core/repository/chunker/polynomial.ts'
import { noise } from './made-data.ts'

/** Chance that repeats: the n-th eight bytes of a seeded stream. */
function seededChance(seed: number) {
  const stream = noise(1 << 16, seed)
  let at = 0
  return {
    fill<T extends Uint8Array>(target: T): T {
      target.set(stream.subarray(at, at + target.length))
      at += target.length
      return target
    },
    fraction: () => 0,
  }
}

describe('irreducibility', () => {
  // By Gauss's formula; OEIS A001037.
  it.each([
    [1, 2],
    [2, 1],
    [3, 2],
    [4, 3],
    [5, 6],
    [6, 9],
    [7, 18],
    [8, 30],
    [9, 56],
    [10, 99],
    [11, 186],
  ])('finds every irreducible polynomial of degree %i: there are %i', (degree, count) => {
    const all = Array.from({ length: 2 ** degree }, (_, low) => BigInt(2 ** degree + low))
    expect(all.filter(isIrreducible)).toHaveLength(count)
  })

  it('holds for polynomials that restic has drawn', () => {
    expect(isIrreducible(0x25b468838dcb75n)).toBe(true)
    expect(isIrreducible(0x3da3358b4dc173n)).toBe(true)
  })

  it('does not hold for a product of two large irreducible ones', () => {
    // (x^26 + x^4 + x^3 + x + 1)(x^27 + x^5 + x^2 + x + 1): no small factor gives it away.
    const [a, b] = [(1n << 26n) | 0x1bn, (1n << 27n) | 0x27n]
    let product = 0n
    for (let bit = 0n; bit <= 26n; bit++) if ((a >> bit) & 1n) product ^= b << bit
    expect(isIrreducible(a)).toBe(true)
    expect(isIrreducible(b)).toBe(true)
    expect(isIrreducible(product)).toBe(false)
  })

  it('does not hold for constants', () => {
    expect(isIrreducible(0n)).toBe(false)
    expect(isIrreducible(1n)).toBe(false)
  })
})

describe('drawing a polynomial', () => {
  it('gives an irreducible one of degree 53, another for other chance, the same for the same', () => {
    const drawn = Array.from({ length: 10 }, (_, seed) => drawPolynomial(seededChance(seed)))
    for (const polynomial of drawn) {
      expect(polynomial >> 53n).toBe(1n)
      expect(polynomial & 1n).toBe(1n)
      expect(isIrreducible(polynomial)).toBe(true)
    }
    expect(new Set(drawn).size).toBe(10)
    expect(drawPolynomial(seededChance(3))).toBe(drawn[3])
  })
})

describe('the form in the config', () => {
  it('is lower-case hexadecimal without a prefix', () => {
    expect(formatPolynomial(0x25b468838dcb75n)).toBe('25b468838dcb75')
    expect(parsePolynomial('25b468838dcb75')).toBe(0x25b468838dcb75n)
  })

  it.each(['', 'x', '0x25b468838dcb75', '25b468838dcb74', '25b468838dcb77', '0', ' 25b468838dcb75', '1'.repeat(17)])(
    'is refused as damaged when it says "%s"',
    (text) => {
      expect(() => parsePolynomial(text)).toThrow(expect.toSatisfy((error) => isCode(error, 'repository/damaged')))
    },
  )

  it('is refused as unsupported when the degree is another', () => {
    const unsupported = expect.toSatisfy((error) => isCode(error, 'repository/unsupported'))
    // x^26 + x^4 + x^3 + x + 1
    expect(() => parsePolynomial('400001b')).toThrow(unsupported)
  })
})
