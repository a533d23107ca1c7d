import { type Abortable, CoreError } from '../../base/index.ts'
import type { Repository, TreeLoader } from '../../repository/index.ts'
import { type TreeVisitor, walkTree } from '../../snapshot/index.ts'
import { assertReachable } from '../../storage/index.ts'

/** What lies in a folder and below it. */
export interface Weight {
  readonly files: number
  readonly bytes: bigint
}

export const NOTHING: Weight = { files: 0, bytes: 0n }

/** Both together; undefined where one of them is not known. */
export function sumWeights(one: Weight | undefined, other: Weight | undefined): Weight | undefined {
  return one && other && { files: one.files + other.files, bytes: one.bytes + other.bytes }
}

/** Weighs a folder, each once. */
export type Weigh = (tree: Buffer) => Promise<Weight | undefined>

/** A folder that is being weighed. */
interface Sum {
  readonly key: string
  readonly above: Sum | undefined
  weight: Weight | undefined
}

/**
 * Resolves to undefined where something below cannot be read, or lies too deep: numbers are not worth more than the work that
 * they are for. Rejects when the storage as a whole is gone.
 */
export function weighTrees({ storage }: Repository, trees: TreeLoader, { signal }: Abortable): Weigh {
  const known = new Map<string, Weight | undefined>()

  return async (tree) => {
    const key = tree.toString('hex')
    if (known.has(key)) return known.get(key)
    let failure: CoreError | undefined
    const visitor: TreeVisitor<Sum> = {
      entry(node, sum) {
        sum.weight = sumWeights(sum.weight, { files: node.isFile ? 1 : 0, bytes: node.size })
        // What lies above is not known any more, whatever comes.
        if (failure || !node.isDir || !node.subtree) return undefined
        const below = node.subtree.toString('hex')
        if (!known.has(below)) return { key: below, above: sum, weight: NOTHING }
        sum.weight = sumWeights(sum.weight, known.get(below))
        return undefined
      },
      unreadable(sum, error) {
        if (!(error instanceof CoreError)) throw error
        sum.weight = undefined
        failure = error
      },
      left({ key: left, above, weight }) {
        known.set(left, weight)
        if (above) above.weight = sumWeights(above.weight, weight)
      },
      pause: () => undefined,
    }
    await walkTree(trees, tree, { key, above: undefined, weight: NOTHING }, visitor, { signal })
    if (failure) await assertReachable(storage, failure, { signal })
    return known.get(key)
  }
}
