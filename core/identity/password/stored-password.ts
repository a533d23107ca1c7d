import { CoreError } from '../../base/index.ts'

/** What scrypt (RFC 7914) takes: 128 · 2^logN · r bytes of memory, p times the work. */
export interface PasswordCost {
  readonly logN: number
  readonly r: number
  readonly p: number
}

export interface StoredPassword {
  readonly cost: PasswordCost
  readonly salt: Buffer
  readonly hash: Buffer
}

// The PHC string format, with the names that passlib gave scrypt's parameters; base64 without padding.
const FORM = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{4,86})\$([A-Za-z0-9+/]{22,86})$/

/** Four times what passwords cost today. A catalog that somebody wrote into must not take all memory at a sign-in. */
const MOST_BYTES = 512 * 1024 * 1024
const MOST_LANES = 16

export function formatStored({ cost: { logN, r, p }, salt, hash }: StoredPassword): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${unpadded(salt)}$${unpadded(hash)}`
}

/** Throws `secret/unreadable`. */
export function parseStored(text: string): StoredPassword {
  const [, logN, r, p, salt = '', hash = ''] = FORM.exec(text) ?? []
  const stored = {
    cost: { logN: Number(logN), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
  if (isUsable(stored.cost) && formatStored(stored) === text) return stored
  throw new CoreError('secret/unreadable', 'The stored password of a user is damaged', {
    safety: 'Nobody is let in by it; what is stored in vaults is unharmed.',
    remedy: 'Let an administrator give this user a new password.',
  })
}

function isUsable({ logN, r, p }: PasswordCost): boolean {
  return logN >= 1 && r >= 1 && p >= 1 && p <= MOST_LANES && 128 * r * 2 ** logN <= MOST_BYTES
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
