import { timingSafeEqual } from 'node:crypto'

import { HOTP, Secret, TOTP } from 'otpauth'

import { type Chance, systemChance } from '../../base/index.ts'

/** RFC 4226, 4: 160 bits are recommended. */
const SECRET_BYTES = 20
/** RFC 6238, 5.2. Milliseconds. */
const STEP = 30_000
/** RFC 6238, 5.2: one step of delay; and one of a clock that is ahead. */
const STEPS_AROUND = 1

// What every authenticator knows (SHA-1, 6 digits, 30 s). Other values are passed over by some of them, silently.
const FORM = { algorithm: 'SHA1', digits: 6 } as const

export interface MadeTotp {
  /** Base32, to be typed where no picture can be read. */
  readonly secret: string
  /** `otpauth://totp/…`, for a picture. */
  readonly uri: string
}

/** A new second factor (RFC 6238). `issuer` and `account` are shown by the authenticator. */
export function makeTotp(
  { issuer, account }: { readonly issuer: string; readonly account: string },
  chance: Chance = systemChance,
): MadeTotp {
  const secret = Secret.fromHex(chance.fill(Buffer.alloc(SECRET_BYTES)).toString('hex'))
  return {
    secret: secret.base32,
    uri: new TOTP({ ...FORM, period: STEP / 1000, issuer, label: account, secret }).toString(),
  }
}

/**
 * The step that a code is of, which the caller remembers as `lastStep` before he lets anybody in. Undefined: it is wrong,
 * or of a step that was accepted before or lies before one that was (RFC 6238, 5.2: a code is accepted once).
 */
export function verifyTotp(
  secret: string,
  code: string,
  {
    now,
    lastStep,
  }: { /** Milliseconds since the epoch. */ readonly now: number; readonly lastStep: number | undefined },
): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined
  const given = Buffer.from(code)
  const key = Secret.fromBase32(secret)
  const current = Math.floor(now / STEP)
  let accepted: number | undefined
  for (let step = current - STEPS_AROUND; step <= current + STEPS_AROUND; step++) {
    const isRight = timingSafeEqual(given, Buffer.from(HOTP.generate({ ...FORM, secret: key, counter: step })))
    if (isRight && step >= 0 && step > (lastStep ?? -1)) accepted ??= step
  }
  return accepted
}
