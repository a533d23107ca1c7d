import { describe, expect, it } from 'vitest'

import { digestSecret, isSecretOf, newSecret } from '../../../../core/identity/index.ts'
import { redactDetails } from '../../../../core/secret/index.ts'

describe('a secret', () => {
  it.each(['hft', 'hfs', 'hfu'] as const)('(%s) has 256 random bits, and says what it is', (prefix) => {
    const secret = newSecret(prefix)
    expect(secret).toMatch(new RegExp(`^${prefix}_[\\w-]{43}$`))
    expect(Buffer.from(secret.slice(4), 'base64url')).toHaveLength(32)
    expect(newSecret(prefix)).not.toBe(secret)
  })

  it('is proved by its digest, SHA-256 (FIPS 180-4), and by no other', () => {
    expect(digestSecret('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    const secret = newSecret('hft')
    expect(isSecretOf(digestSecret(secret), secret)).toBe(true)
    expect(isSecretOf(digestSecret(secret), newSecret('hft'))).toBe(false)
    for (const digest of ['', secret, digestSecret(secret).slice(1)]) expect(isSecretOf(digest, secret)).toBe(false)
  })

  it('is known to the audit, which never shows one', () => {
    for (const prefix of ['hft', 'hfs', 'hfu'] as const)
      expect(redactDetails({ text: `x ${newSecret(prefix)}` })).toEqual({ text: 'x [removed]' })
  })
})
