import { pbkdf2Sync } from 'node:crypto'

import type { LaneMixer } from './lane-mixer.ts'
import type { Password, ScryptParameters } from './scrypt-parameters.ts'

/** A thread's table is not larger than this: parameters that ask for more are rare, and Node's own copes with them. */
const LARGEST_TABLE = 64 * 1024 * 1024

/** Whether several threads would help: with one lane, or one thread, Node's own scrypt is as good. */
export function isWorthSplitting({ N, r, p }: ScryptParameters, { threads }: LaneMixer): boolean {
  return Math.min(p, threads) > 1 && 128 * r * N <= LARGEST_TABLE
}

/**
 * scrypt (RFC 7914) with its `p` lanes mixed on several threads; Node mixes them one after another. The lanes are
 * independent by definition. Everything else is Node's PBKDF2.
 */
export async function parallelScrypt(
  password: Password,
  length: number,
  { N, r, p, salt }: ScryptParameters,
  mixer: LaneMixer,
): Promise<Buffer> {
  const lanes = new SharedArrayBuffer(p * 128 * r)
  const bytes = Buffer.from(lanes)
  bytes.set(pbkdf2Sync(password, salt, 1, bytes.length, 'sha256'))
  const threads = Math.min(p, mixer.threads)
  await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      mixer.mix(thread, {
        N,
        r,
        lanes,
        first: Math.floor((thread * p) / threads),
        end: Math.floor(((thread + 1) * p) / threads),
      }),
    ),
  )
  return pbkdf2Sync(password, Buffer.from(bytes), 1, length, 'sha256')
}
