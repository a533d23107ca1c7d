import { type BinaryLike, scrypt, timingSafeEqual } from 'node:crypto'

import { type Abortable, type Chance, CoreError, createGate, systemChance } from '../../base/index.ts'
import { formatStored, parseStored, type PasswordCost } from './stored-password.ts'

export type { PasswordCost } from './stored-password.ts'

/** OWASP Password Storage Cheat Sheet (2025), scrypt: N = 2^17, r = 8, p = 1. 128 MiB, and about half a second. */
export const PASSWORD_COST: PasswordCost = { logN: 17, r: 8, p: 1 }

const SALT_BYTES = 16
const HASH_BYTES = 32

/** Each takes 128 MiB, and a processor that a backup wants, too. */
const AT_ONCE = 2
/** They wait for ten seconds or so; whoever comes then is told to come again. */
const MOST_WAITING = 32

export interface Verified {
  readonly ok: boolean
  /** It was right, and is stored at another cost than passwords are now: hash it again while it is there. */
  readonly needsRehash: boolean
}

/** Makes and checks stored passwords, two at a time. Both throw `service/busy` where too many wait already. */
export interface Passwords {
  /** `$scrypt$ln=17,r=8,p=1$salt$hash`. Throws `input/invalid` for what is no text. */
  readonly hashPassword: (password: string, options?: Abortable) => Promise<string>
  /**
   * Give undefined for a user whom nobody knows: it takes as long, and is never right. Throws `secret/unreadable` for a
   * stored password that is damaged.
   */
  readonly verifyPassword: (password: string, stored: string | undefined, options?: Abortable) => Promise<Verified>
}

export interface PasswordsOptions {
  readonly cost?: PasswordCost | undefined
  readonly chance?: Chance | undefined
}

export function createPasswords({ cost = PASSWORD_COST, chance = systemChance }: PasswordsOptions = {}): Passwords {
  const gate = createGate({
    atOnce: AT_ONCE,
    mostWaiting: MOST_WAITING,
    busy: {
      message: 'Too many are signing in at this moment',
      safety: 'Nothing was changed; backups go on.',
      remedy: 'Try again in some seconds. If it stays so, somebody may be guessing passwords: look into the audit.',
    },
  })
  const nobody = { cost, salt: Buffer.alloc(SALT_BYTES), hash: Buffer.alloc(HASH_BYTES) }
  return {
    async hashPassword(password, options) {
      if (!password.isWellFormed())
        throw new CoreError('input/invalid', 'The password is no text', { remedy: 'Type it anew.' })
      const salt = chance.fill(Buffer.alloc(SALT_BYTES))
      const hash = await gate.run(() => derive(password, salt, cost, HASH_BYTES), options)
      return formatStored({ cost, salt, hash })
    },
    async verifyPassword(password, stored, options) {
      const known = stored === undefined ? nobody : parseStored(stored)
      const hash = await gate.run(() => derive(password, known.salt, known.cost, known.hash.length), options)
      const isSame = timingSafeEqual(hash, known.hash)
      // What is no text would have its odd parts replaced by the same sign, and be as good as another password.
      const ok = isSame && stored !== undefined && password.isWellFormed()
      return { ok, needsRehash: ok && !isCost(known.cost, cost) }
    },
  }
}

function isCost(a: PasswordCost, b: PasswordCost): boolean {
  return a.logN === b.logN && a.r === b.r && a.p === b.p
}

/** NIST SP 800-63B, 3.1.1.2: NFKC, so that the same letters from another keyboard are the same password. RFC 7914. */
function derive(password: string, salt: BinaryLike, { logN, r, p }: PasswordCost, bytes: number): Promise<Buffer> {
  const N = 2 ** logN
  // What Node counts: the table, and the lanes beside it.
  const maxmem = 128 * r * (N + p + 2)
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, bytes, { N, r, p, maxmem }, (error, hash) => {
      if (error) reject(error)
      else resolve(hash)
    })
  })
}
