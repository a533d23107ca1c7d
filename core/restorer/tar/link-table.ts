import { linkedFileKey, type TreeReader } from '../../snapshot/index.ts'

/** Tells which entries are further names of a file that came before. */
export interface LinkTable {
  /** The path of the first of the file's names, or undefined where it is `path`, the first itself. */
  firstPathOf(node: TreeReader, path: Buffer): Buffer | undefined
}

interface Linked {
  readonly path: Buffer
  /** How many of its names have not come yet. A file may have names outside of what is walked. */
  left: bigint
}

/** Remembers a file until all of its names have come. */
export function createLinkTable(): LinkTable {
  const files = new Map<string, Linked>()
  return {
    firstPathOf(node, path) {
      const file = linkedFileKey(node)
      if (file === undefined) return undefined
      const known = files.get(file)
      if (!known) {
        files.set(file, { path, left: node.links - 1n })
        return undefined
      }
      known.left--
      if (known.left === 0n) files.delete(file)
      return known.path
    },
  }
}
