import { hash, timingSafeEqual } from 'node:crypto'

import { type Chance, systemChance } from '../../base/index.ts'

/** What a secret is for, so that one that is found somewhere says what it is: a token, a session, the first start, an agent. */
export type SecretPrefix = 'hft' | 'hfs' | 'hfu' | 'hfa'

/** 256 bits: nobody guesses it, so its digest needs neither salt nor cost. */
const SECRET_BYTES = 32

/** `hft_` and 43 letters of base64url. It is told once; only its digest is kept. */
export function newSecret(prefix: SecretPrefix, chance: Chance = systemChance): string {
  return `${prefix}_${chance.fill(Buffer.alloc(SECRET_BYTES)).toString('base64url')}`
}

/** What is kept of a secret, and what it is found by: SHA-256, in hexadecimal digits. */
export function digestSecret(secret: string): string {
  return hash('sha256', secret, 'hex')
}

/** Whether this is the secret of that digest. Takes as long whatever it is. */
export function isSecretOf(digest: string, secret: string): boolean {
  const kept = Buffer.from(digest)
  const given = Buffer.from(digestSecret(secret))
  return kept.length === given.length && timingSafeEqual(kept, given)
}
