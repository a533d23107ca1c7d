import { sha256 } from '../../../../repository/index.ts'
import type { TreeReader } from '../../../../snapshot/index.ts'

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
      const { links } = node
      if (links < 2n) return undefined
      const identity = identityOf(node)
      const known = files.get(identity)
      if (!known) {
        files.set(identity, { path, left: links - 1n })
        return undefined
      }
      known.left--
      if (known.left === 0n) files.delete(identity)
      return known.path
    },
  }
}

/**
 * The content is part of it: a file may have changed between its names, and repositories exist whose inodes or devices
 * are not to be trusted. What differs is stored as what it was.
 */
function identityOf(node: TreeReader): string {
  const content = node.content ?? node.linkTarget
  return `${node.type}:${node.deviceId}:${node.inode}:${content ? sha256(content).toString('latin1') : ''}`
}
