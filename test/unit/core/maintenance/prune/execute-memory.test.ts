import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, it } from 'vitest'

const child = fileURLToPath(new URL('execute-many-blobs.ts', import.meta.url))

interface Prune {
  /** The most memory that the process held in each of its phases, beside what it held before. Bytes. */
  readonly most: Readonly<Record<string, number>>
  /** Blobs that were listed when it began, each copy. */
  readonly listed: number
  readonly done: { readonly packsRemoved: number; readonly bytesWritten: number }
}

interface Scene {
  readonly scene: 'move' | 'prove'
  readonly blobsAPack: number
}

const FEW = 100_000
const MANY = 300_000

async function prunesOf(blobs: number, { scene, blobsAPack }: Scene): Promise<readonly Prune[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--expose-gc', child, String(blobs), String(blobsAPack), scene],
    // glibc is to give back what is freed, and not to keep the more of it the larger it was.
    { env: { ...process.env, MALLOC_MMAP_THRESHOLD_: '65536', MALLOC_TRIM_THRESHOLD_: '131072' } },
  )
  const prunes = JSON.parse(stdout) as readonly Prune[]
  expect(prunes.at(-1)?.done.packsRemoved).toBe(blobs / blobsAPack)
  if (scene === 'move') expect(prunes[0]?.done.bytesWritten).toBeGreaterThan(blobs * 40)
  return prunes
}

const MOST_BYTES = 100
const ATTEMPTS = 3

/** What was held at the least, of two attempts at the same prunes. */
function leastOf(prunes: readonly Prune[], others: readonly Prune[]): Prune[] {
  return prunes.map(({ most, ...prune }, at) => {
    const entries = Object.entries(most).map(([phase, bytes]) => [
      phase,
      Math.min(bytes, others[at]?.most[phase] ?? Number.POSITIVE_INFINITY),
    ])
    return { ...prune, most: Object.fromEntries(entries) as Prune['most'] }
  })
}

/** Bytes that a blob takes of those that so many have more, in the phase in which that is most. */
function bytesABlob(few: readonly Prune[], many: readonly Prune[]): number {
  const each = many.flatMap(({ most, listed }, at) =>
    Object.entries(most).map(([phase, bytes]) => {
      const { most: ofFew, listed: fewer } = few[at] ?? expect.unreachable()
      return (bytes - (ofFew[phase] ?? Number.NaN)) / (listed - fewer)
    }),
  )
  return Math.max(...each)
}

// What threads take, and what they read into, is the same in a phase however much there is. Memory that is given back late
// makes some megabytes of difference from run to run, which are only ever more: of each size the best of three counts.
it.each<Scene>([
  { scene: 'move', blobsAPack: 1000 },
  // A disk in blocks of 4 MiB.
  { scene: 'move', blobsAPack: 4 },
  { scene: 'prove', blobsAPack: 4 },
])('plans and carries out a prune ($scene), $blobsAPack blobs a pack, in at most 100 bytes a blob', async (scene) => {
  let few = await prunesOf(FEW, scene)
  let many = await prunesOf(MANY, scene)
  for (let attempt = 1; attempt < ATTEMPTS && bytesABlob(few, many) > MOST_BYTES; attempt++) {
    few = leastOf(few, await prunesOf(FEW, scene))
    many = leastOf(many, await prunesOf(MANY, scene))
  }
  expect(bytesABlob(few, many)).toBeLessThanOrEqual(MOST_BYTES)
})
