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
  readonly fewest: number
  readonly most: number
}

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
/** Memory that is given back late makes some megabytes of difference from run to run. */
const ATTEMPTS = 6

/** Planning is measured by plan-memory.test.ts, with more blobs. */
const PLANNING = new Set(['index', 'trees'])

/**
 * The most that each of the prunes held while it was carried out. Of all phases together: of a short one the peak may be
 * missed, and what is missed of few blobs would count for many. Bytes.
 */
function peaksOf(prunes: readonly Prune[]): number[] {
  return prunes.map(({ most }) =>
    Math.max(...Object.entries(most).map(([phase, peak]) => (PLANNING.has(phase) ? 0 : peak))),
  )
}

const SCENES: readonly Scene[] = [
  { scene: 'move', blobsAPack: 1000, fewest: 100_000, most: 300_000 },
  // A disk in blocks of 4 MiB.
  { scene: 'move', blobsAPack: 4, fewest: 100_000, most: 300_000 },
  { scene: 'prove', blobsAPack: 4, fewest: 100_000, most: 300_000 },
]

// What threads take, and what they read into, is the same however much there is.
it.each(SCENES)(
  'carries out a prune ($scene), $blobsAPack blobs a pack, in at most 100 bytes a blob',
  async (scene) => {
    let most = Number.POSITIVE_INFINITY
    for (let attempt = 0; attempt < ATTEMPTS && most > MOST_BYTES; attempt++) {
      const [fewer, more] = [await prunesOf(scene.fewest, scene), await prunesOf(scene.most, scene)]
      const [few, many] = [peaksOf(fewer), peaksOf(more)]
      const each = more.map(
        ({ listed }, at) => ((many[at] ?? Number.NaN) - (few[at] ?? Number.NaN)) / (listed - (fewer[at]?.listed ?? 0)),
      )
      most = Math.max(...each)
      process.stdout.write(
        `${scene.scene}, ${scene.blobsAPack} a pack: ${each.map(Math.round).join(', ')} bytes a blob\n`,
      )
    }
    expect(most).toBeLessThanOrEqual(MOST_BYTES)
  },
)
