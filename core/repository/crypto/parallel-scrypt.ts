import { pbkdf2Sync } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

import type { ScryptParameters } from './key-derivation.ts'

/** What a worker is given: lanes, one after another, to be mixed where they lie. */
export interface MixLanes {
  readonly N: number
  readonly r: number
  /** Shared. */
  readonly lanes: SharedArrayBuffer
  readonly first: number
  readonly end: number
}

/** Each thread takes as much memory as all of a sequential scrypt does: 32 MiB at restic's cost. */
const MOST_THREADS = 4

/** A thread's table is not larger than this: parameters that ask for more are rare, and Node's own copes with them. */
const LARGEST_TABLE = 64 * 1024 * 1024

/** Whether several threads would help: with one lane, or one processor, Node's own scrypt is as good. */
export function isWorthSplitting({ N, r, p }: ScryptParameters): boolean {
  return Math.min(p, availableParallelism()) > 1 && 128 * r * N <= LARGEST_TABLE
}

/**
 * scrypt (RFC 7914) with its `p` lanes mixed on several threads; Node mixes them one after another. The lanes are
 * independent by definition. Everything else is Node's PBKDF2.
 */
export async function parallelScrypt(password: string, length: number, parameters: ScryptParameters): Promise<Buffer> {
  const { N, r, p, salt } = parameters
  const lanes = new SharedArrayBuffer(p * 128 * r)
  const bytes = Buffer.from(lanes)
  bytes.set(pbkdf2Sync(password, salt, 1, bytes.length, 'sha256'))
  const threads = Math.min(p, availableParallelism(), MOST_THREADS)
  await Promise.all(
    Array.from({ length: threads }, (_, thread) =>
      mixIn({ N, r, lanes, first: Math.floor((thread * p) / threads), end: Math.floor(((thread + 1) * p) / threads) }),
    ),
  )
  return pbkdf2Sync(password, Buffer.from(bytes), 1, length, 'sha256')
}

function mixIn(work: MixLanes): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./scrypt-worker.ts', import.meta.url), { workerData: work })
    worker.once('error', reject)
    worker.once('exit', (code) => {
      if (code === 0) resolve()
      else reject(new Error(`a thread that derives the key ended with ${code}`))
    })
  })
}
