import { CoreError, isCode } from '../../base/index.ts'
import { parseObject } from '../config.ts'
import { deriveKey, SCRYPT_COST } from '../crypto/key-derivation.ts'
import type { LaneMixer } from '../crypto/lane-mixer.ts'
import { type MasterKey, masterKeyFrom } from '../crypto/master-key.ts'
import type { Password, ScryptParameters } from '../crypto/scrypt-parameters.ts'
import { createSealer, SEAL_OVERHEAD } from '../crypto/seal.ts'

/** A key file: the master key, sealed under a password (restic design.rst, "Keys, Encryption and MAC"). */
export interface KeyFile {
  /** RFC 3339. Informative, as are the next two. */
  readonly created: string
  readonly username: string
  readonly hostname: string
  readonly scrypt: ScryptParameters
  /** The sealed master key. */
  readonly data: Buffer
}

export interface KeyOwner {
  readonly username: string
  readonly hostname: string
  /** RFC 3339. */
  readonly created: string
}

/** Seals `master` under `password`. `salt` is 64 random bytes. */
export async function sealKeyFile(
  master: MasterKey,
  password: Password,
  salt: Uint8Array,
  owner: KeyOwner,
): Promise<Buffer> {
  const scrypt = { ...SCRYPT_COST, salt }
  const plain = Buffer.from(
    JSON.stringify({
      mac: { k: base64(master.macK), r: base64(master.macR) },
      encrypt: base64(master.encrypt),
    }),
  )
  const data = Buffer.alloc(plain.length + SEAL_OVERHEAD)
  createSealer(await deriveKey(password, scrypt)).seal(plain, data, 0)
  const { N, r, p } = SCRYPT_COST
  const { created, username, hostname } = owner
  return Buffer.from(
    JSON.stringify({ created, username, hostname, kdf: 'scrypt', N, r, p, salt: base64(salt), data: base64(data) }),
  )
}

/** Throws `repository/damaged` for anything that is not a key file. */
export function decodeKeyFile(plain: Buffer): KeyFile {
  const { created, username, hostname, kdf, N, r, p, salt, data } = parseObject(plain, 'key file')
  if (kdf !== 'scrypt') throw new CoreError('repository/unsupported', 'The key file does not use scrypt.')
  return {
    created: text(created),
    username: text(username),
    hostname: text(hostname),
    scrypt: { N: count(N), r: count(r), p: count(p), salt: Buffer.from(text(salt), 'base64') },
    data: sealed(data),
  }
}

/** The master key, or undefined where the password is not this key file's. Throws `repository/damaged`. */
export async function openKeyFile(
  file: KeyFile,
  password: Password,
  mixer?: LaneMixer,
): Promise<MasterKey | undefined> {
  const sealer = createSealer(await deriveKey(password, file.scrypt, mixer))
  const plain = Buffer.alloc(file.data.length - SEAL_OVERHEAD)
  try {
    sealer.open(file.data, plain)
  } catch (error) {
    if (isCode(error, 'repository/damaged')) return undefined
    throw error
  }
  const { mac, encrypt } = parseObject(plain, 'master key') as { mac?: { k?: unknown; r?: unknown }; encrypt?: unknown }
  return masterKeyFrom(Buffer.concat([bytes(encrypt, 32), bytes(mac?.k, 16), bytes(mac?.r, 16)]))
}

function base64(value: Uint8Array): string {
  return Buffer.from(value).toString('base64')
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function count(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value
  throw new CoreError('repository/damaged', 'The key file has a scrypt parameter that is no count.')
}

function sealed(value: unknown): Buffer {
  const decoded = Buffer.from(text(value), 'base64')
  if (decoded.length > SEAL_OVERHEAD) return decoded
  throw new CoreError('repository/damaged', 'The key file holds no sealed master key.')
}

function bytes(value: unknown, length: number): Uint8Array {
  const decoded = Buffer.from(text(value), 'base64')
  if (decoded.length === length) return decoded
  throw new CoreError('repository/damaged', 'The master key in the key file has the wrong length.')
}
