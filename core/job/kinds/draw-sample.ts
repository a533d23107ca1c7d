import type { Abortable, Chance } from '../../base/index.ts'
import type { TreeLoader } from '../../repository/index.ts'
import { walkTree } from '../../snapshot/index.ts'
import type { VerifyOrder } from '../process/order.ts'

/** A file of a recovery point that was drawn. */
export interface Drawn {
  readonly path: Buffer
  readonly size: bigint
  readonly mtime: bigint
}

/** One that is too large to be restored for a test. */
export interface DrawnLarge extends Drawn {
  /** The ids of its blobs. */
  readonly content: Buffer
}

export interface Sample {
  readonly files: readonly Drawn[]
  readonly large: readonly DrawnLarge[]
}

/** Of so many large files a piece is read. */
const MOST_LARGE = 4

export interface DrawOptions extends Abortable {
  /** Told how many entries were seen so far. */
  readonly onEntry?: ((seen: number) => void) | undefined
}

/** Draws without knowing how many there are: each file has the same chance (Vitter, algorithm R), as long as there is room. */
export async function drawSample(
  trees: TreeLoader,
  root: Buffer,
  { mostFiles, mostBytes }: Pick<VerifyOrder, 'mostFiles' | 'mostBytes'>,
  chance: Chance,
  { signal, onEntry }: DrawOptions,
): Promise<Sample> {
  let seen = 0
  const files = createReservoir<Drawn>(mostFiles, chance)
  const large = createReservoir<DrawnLarge>(MOST_LARGE, chance)
  await walkTree<Buffer>(
    trees,
    root,
    Buffer.alloc(0),
    {
      entry({ name, type, size, mtime, content }, folder) {
        onEntry?.(++seen)
        const path = Buffer.concat([folder, Buffer.from('/'), name])
        if (type === 'dir') return path
        if (type !== 'file') return undefined
        const file = { path, size, mtime }
        if (size <= BigInt(mostBytes)) files.offer(() => file)
        else if (content) large.offer(() => ({ ...file, content: Buffer.from(content) }))
        return undefined
      },
      unreadable(_folder, error) {
        throw error
      },
      pause: () => undefined,
    },
    { signal },
  )
  let left = BigInt(mostBytes)
  const fitting = files.drawn.filter(({ size }) => {
    if (size > left) return false
    left -= size
    return true
  })
  return { files: fitting, large: large.drawn }
}

interface Reservoir<T> {
  readonly drawn: readonly T[]
  offer(make: () => T): void
}

function createReservoir<T>(most: number, chance: Chance): Reservoir<T> {
  const drawn: T[] = []
  let seen = 0
  return {
    drawn,
    offer(make) {
      seen++
      if (drawn.length < most) {
        drawn.push(make())
        return
      }
      const place = Math.floor(chance.fraction() * seen)
      if (place < most) drawn[place] = make()
    },
  }
}
