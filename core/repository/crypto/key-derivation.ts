import { scrypt } from 'node:crypto'

import { CoreError } from '../../base/index.ts'
import { createLaneMixer, type LaneMixer } from './lane-mixer.ts'
import { type MasterKey, masterKeyFrom } from './master-key.ts'
import { isWorthSplitting, parallelScrypt } from './parallel-scrypt.ts'
import type { Password, ScryptParameters } from './scrypt-parameters.ts'

/** What restic's own calibration arrives at on current machines: about half a second and 32 MiB. */
export const SCRYPT_COST = { N: 32_768, r: 8, p: 8 } as const

const KEY_BYTES = 64

/** A hostile key file must not make us allocate more than this. restic itself stays below 60 MiB. */
const MOST_MEMORY = 512 * 1024 ** 2

/** Nor compute for longer than some ten seconds: 16 times what restic asks for. */
const MOST_WORK = 2 ** 25

/**
 * Derives the key that opens a key file, on other threads; at restic's cost one takes about half a second. Rejects with
 * `repository/damaged` before it takes memory for parameters that nobody means well with.
 */
export async function deriveKey(
  password: Password,
  { N, r, p, salt }: ScryptParameters,
  mixer: LaneMixer = createLaneMixer(),
): Promise<MasterKey> {
  if (!isUsableCost({ N, r, p })) {
    throw new CoreError('repository/damaged', `The key file asks for scrypt with N=${N}, r=${r}, p=${p}: unusable.`)
  }
  const parameters = { N, r, p, salt }
  const memory = memoryOf(parameters)
  if (!isWorthSplitting(parameters, mixer)) return masterKeyFrom(await nodeScrypt(password, parameters, memory))
  try {
    return masterKeyFrom(await parallelScrypt(password, KEY_BYTES, parameters, mixer))
  } catch {
    // A thread found no memory for its table, say. Node's own takes the longest and needs the least.
    return masterKeyFrom(await nodeScrypt(password, parameters, memory))
  }
}

type Cost = Omit<ScryptParameters, 'salt'>

/** How long it takes, in steps: restic asks for 2^21 of them. */
export function workOf({ N, r, p }: Cost): number {
  return N * r * p
}

/** Whether anybody means well with it. */
export function isUsableCost({ N, r, p }: Cost): boolean {
  if (!isPowerOfTwo(N) || !isCount(r) || !isCount(p)) return false
  return memoryOf({ N, r, p }) <= MOST_MEMORY && workOf({ N, r, p }) <= MOST_WORK
}

/** RFC 7914: N blocks of 128 r bytes, and p of them for what goes in; OpenSSL takes two more. */
function memoryOf({ N, r, p }: Cost): number {
  return 128 * r * (N + p + 2)
}

function nodeScrypt(password: Password, { N, r, p, salt }: ScryptParameters, memory: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { N, r, p, maxmem: memory + 1024 }, (error, bytes) => {
      if (error) reject(error)
      else resolve(bytes)
    })
  })
}

function isPowerOfTwo(value: number): boolean {
  return Number.isSafeInteger(value) && value > 1 && Number.isInteger(Math.log2(value))
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0
}
