import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

import { openS3Storage, TokenBucket } from '../../core/storage/index.ts'
import type { Figure } from './figure.ts'

/** What arrived in each hundredth of a second, in bytes. */
export type Arrived = readonly number[]

export interface LimiterBench {
  /** How long each limit is watched. At least a minute, for figures of a minute. */
  readonly seconds: number
  readonly limits: readonly number[]
}

/** Per cent (CC-17). */
const MOST_IN_A_SECOND = 105
const MOST_SHORT_IN_A_MINUTE = 5
const STEPS = 100

/** Uploads by four at once through one limit, as they arrive at a store in another process. */
export async function benchLimiter({ seconds, limits }: LimiterBench): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const mbit of limits) {
    const rate = (mbit * 1e6) / 8
    const arrived = await upload(rate, seconds)
    const minute = Math.min(60, seconds - 1) * STEPS
    figures.push(
      {
        name: `fullest second at ${mbit} Mbit/s`,
        unit: '%',
        values: [(extreme(arrived, STEPS, Math.max) / rate) * 100],
        most: MOST_IN_A_SECOND,
      },
      {
        name: `what the emptiest ${minute / STEPS} seconds at ${mbit} Mbit/s are short of`,
        unit: '%',
        values: [100 - (extreme(arrived, minute, Math.min) / (rate * (minute / STEPS))) * 100],
        most: MOST_SHORT_IN_A_MINUTE,
      },
    )
  }
  return figures
}

async function upload(bytesPerSecond: number, seconds: number): Promise<Arrived> {
  const sink = spawn(process.execPath, [join(import.meta.dirname, 'limiter-process.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = (await once(sink.stdout, 'data')) as [Buffer]
  const endpoint = `http://127.0.0.1:${String(port).trim()}`
  const location = { endpoint, region: 'us-east-1', bucket: 'bucket', prefix: '' }
  const uploads = new TokenBucket({ bytesPerSecond })
  using storage = openS3Storage(location, { accessKeyId: 'AK', secretAccessKey: 'SK' }, { uploads })
  const body = new Uint8Array(Math.min(16 * 1024 * 1024, Math.max(65_536, bytesPerSecond)))
  const until = performance.now() + seconds * 1000
  let number = 0
  const send = async (): Promise<void> => {
    while (performance.now() < until)
      await storage.save({ kind: 'pack', name: (number++).toString(16).padStart(64, '0') }, body)
  }
  const sending = Promise.all([send(), send(), send(), send()])
  const arrived = (await (await waitAndFetch(endpoint, seconds)).json()) as Arrived
  await sending
  sink.kill()
  return arrived
}

/** Before the last uploads end: then nothing waits any more. */
async function waitAndFetch(endpoint: string, seconds: number): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  return fetch(endpoint)
}

/** The fullest or the emptiest span of so many steps. */
function extreme(arrived: Arrived, span: number, choose: (one: number, other: number) => number): number {
  let sum = arrived.slice(0, span).reduce((one, other) => one + other, 0)
  let found = sum
  for (let at = span; at < arrived.length; at++) {
    sum += (arrived[at] ?? 0) - (arrived[at - span] ?? 0)
    found = choose(found, sum)
  }
  return found
}
