import { scrypt } from 'node:crypto'

import { CoreError } from '../../base/index.ts'
import { type MasterKey, masterKeyFrom } from './master-key.ts'

/** How a password becomes a key (RFC 7914), as a key file tells it. */
export interface ScryptParameters {
  readonly N: number
  readonly r: number
  readonly p: number
  /** 64 bytes. */
  readonly salt: Uint8Array
}

/** What restic's own calibration arrives at on current machines: about half a second and 32 MiB. */
export const SCRYPT_COST = { N: 32_768, r: 8, p: 8 } as const

/** A hostile key file must not make us allocate more than this. restic itself stays below 60 MiB. */
const MOST_MEMORY = 1024 ** 3

/** Derives the key that opens a key file. Runs on libuv's thread pool, for about half a second. */
export function deriveKey(password: string, { N, r, p, salt }: ScryptParameters): Promise<MasterKey> {
  return new Promise((resolve, reject) => {
    const memory = 128 * r * (N + p) + 1024 * 1024
    if (!isPowerOfTwo(N) || memory > MOST_MEMORY || p > 64) {
      reject(
        new CoreError('repository/damaged', `key file asks for scrypt with N=${N}, r=${r}, p=${p}, which is unusable`),
      )
      return
    }
    scrypt(password, salt, 64, { N, r, p, maxmem: memory }, (error, bytes) => {
      if (error) reject(error)
      else resolve(masterKeyFrom(bytes))
    })
  })
}

function isPowerOfTwo(value: number): boolean {
  return Number.isSafeInteger(value) && value > 1 && Number.isInteger(Math.log2(value))
}
