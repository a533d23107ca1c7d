import { Secret } from 'otpauth'
import { describe, expect, it } from 'vitest'

import { makeTotp, verifyTotp } from '../../../../core/identity/index.ts'

const secret = Secret.fromLatin1('12345678901234567890').base32
const STEP = 30_000

/** RFC 6238, appendix B, SHA-1: seconds, and the last six of eight digits. */
const VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const

describe('a code of the second factor', () => {
  it.each(VECTORS)('is that of RFC 6238 at second %i: %s', (second, code) => {
    const now = second * 1000
    expect(verifyTotp(secret, code, { now, lastStep: undefined })).toBe(Math.floor(second / 30))
  })

  it.each(VECTORS)('(second %i) is good for one step before and after, and no longer', (second, code) => {
    const step = Math.floor(second / 30)
    const at = (now: number) => verifyTotp(secret, code, { now, lastStep: undefined })
    expect(at((step - 1) * STEP)).toBe(step)
    expect(at((step + 2) * STEP - 1)).toBe(step)
    expect(at((step - 1) * STEP - 1)).toBeUndefined()
    expect(at((step + 2) * STEP)).toBeUndefined()
  })

  it('is accepted once, and so is none before it', () => {
    const now = 1_111_111_111_000
    const step = verifyTotp(secret, '050471', { now, lastStep: undefined })
    expect(step).toBe(37_037_037)
    expect(verifyTotp(secret, '050471', { now, lastStep: step })).toBeUndefined()
    // That of the step before.
    expect(verifyTotp(secret, '081804', { now, lastStep: undefined })).toBe(37_037_036)
    expect(verifyTotp(secret, '081804', { now, lastStep: step })).toBeUndefined()
    expect(verifyTotp(secret, '050471', { now, lastStep: 37_037_036 })).toBe(step)
  })

  it.each(['', '28708', '2870820', ' 287082', '287082\n', '２８７０８２', '94287082', '287083'])(
    'is not %j',
    (code) => {
      expect(verifyTotp(secret, code, { now: 59_000, lastStep: undefined })).toBeUndefined()
    },
  )
})

describe('a new second factor', () => {
  it('has 160 random bits, and is told as a picture’s text that every authenticator reads', () => {
    const made = makeTotp({ issuer: 'Holdfast', account: 'anna@büro' })
    expect(Secret.fromBase32(made.secret).bytes).toHaveLength(20)
    const uri = new URL(made.uri)
    expect(uri.protocol + uri.host).toBe('otpauth:totp')
    expect(decodeURIComponent(uri.pathname)).toBe('/Holdfast:anna@büro')
    expect(Object.fromEntries(uri.searchParams)).toEqual({
      issuer: 'Holdfast',
      secret: made.secret,
      algorithm: 'SHA1',
      digits: '6',
      period: '30',
    })
    expect(makeTotp({ issuer: 'Holdfast', account: 'anna@büro' }).secret).not.toBe(made.secret)
  })
})
