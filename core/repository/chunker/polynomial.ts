import { type Chance, CoreError } from '../../base/index.ts'

/**
 * A polynomial over GF(2), bit `n` being the coefficient of x^n. A repository's own is irreducible and of degree 53
 * (restic doc/design.rst, "Config"); it is drawn when the repository is made, so that chunk sizes tell a stranger nothing
 * about known files.
 */
export type Polynomial = bigint

const DEGREE = 53

const HIGHEST = 1n << BigInt(DEGREE)
/** In `x`, the polynomial x itself. */
const X = 2n
/** As many digits as 64 bits have; a longer number is no polynomial that any client can hold. */
const HEX = /^[0-9a-f]{1,16}$/i

/** A random irreducible polynomial of degree 53. About 26 are tried, a millisecond in all. */
export function drawPolynomial(chance: Chance): Polynomial {
  const random = Buffer.alloc(8)
  for (;;) {
    // Without the constant 1 it would be divisible by x.
    const candidate = (chance.fill(random).readBigUInt64LE() & (HIGHEST - 1n)) | HIGHEST | 1n
    if (isIrreducible(candidate)) return candidate
  }
}

/**
 * Whether no polynomial of lower degree divides it (Ben-Or): x^(2^i) - x is the product of all irreducible polynomials
 * whose degree divides i, so one that has a factor of degree i shares it with that, and the smaller half of the factors
 * is enough to look for.
 */
export function isIrreducible(polynomial: Polynomial): boolean {
  const n = degree(polynomial)
  if (n < 1) return false
  let power = X
  for (let i = 1; i <= n / 2; i++) {
    power = remainder(square(power), polynomial)
    if (degree(commonDivisor(polynomial, power ^ X)) !== 0) return false
  }
  return true
}

/** The form in which a repository's config holds it: hexadecimal digits, lower case, no prefix. */
export function formatPolynomial(polynomial: Polynomial): string {
  return polynomial.toString(16)
}

/**
 * Reads `chunker_polynomial` of a repository's config.
 *
 * @throws CoreError `repository/damaged` when it is no irreducible polynomial, `repository/unsupported` when it is one of
 * another degree than 53, which no released restic has written.
 */
export function parsePolynomial(text: string): Polynomial {
  const polynomial = HEX.test(text) ? BigInt(`0x${text}`) : 0n
  if (!isIrreducible(polynomial)) {
    throw new CoreError(
      'repository/damaged',
      `The repository's config holds ${JSON.stringify(text)} as chunker polynomial, which is not an irreducible one`,
      {
        safety: 'Stored data is not touched, and restoring does not need the polynomial.',
        remedy: 'Restore the file "config" of the repository from a copy.',
      },
    )
  }
  if (degree(polynomial) !== DEGREE) {
    throw new CoreError(
      'repository/unsupported',
      `The repository's chunker polynomial ${text} has degree ${degree(polynomial)}; only ${DEGREE} is supported`,
      {
        safety: 'Stored data is not touched, and restoring does not need the polynomial.',
        remedy: 'Back up to this repository with the program that made it, or into a new repository.',
      },
    )
  }
  return polynomial
}

/** -1 for zero. */
function degree(polynomial: Polynomial): number {
  return polynomial === 0n ? -1 : polynomial.toString(2).length - 1
}

/** Over GF(2) all mixed terms appear twice and vanish: squaring only puts a 0 before every bit. */
function square(polynomial: Polynomial): Polynomial {
  return BigInt(`0b${polynomial.toString(2).replaceAll(/[01]/g, '0$&')}`)
}

function remainder(dividend: Polynomial, divisor: Polynomial): Polynomial {
  const size = degree(divisor)
  let rest = dividend
  for (let excess = degree(rest) - size; excess >= 0; excess = degree(rest) - size) rest ^= divisor << BigInt(excess)
  return rest
}

function commonDivisor(a: Polynomial, b: Polynomial): Polynomial {
  let [larger, smaller] = [a, b]
  while (smaller !== 0n) [larger, smaller] = [smaller, remainder(larger, smaller)]
  return larger
}
