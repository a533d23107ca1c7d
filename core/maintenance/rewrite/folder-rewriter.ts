import type { Abortable } from '../../base/index.ts'
import type { ByteString } from '../../file-system/index.ts'
import { type HeldLevel, TreeReader } from '../../snapshot/index.ts'
import { subtreeOf } from '../reading/node-fault.ts'
import { changedTree, type WrittenChange } from './changed-tree.ts'
import type { SaveBlob } from './missing-saver.ts'
import type { Rewriting, Settled } from './rewriting.ts'
import { NOTHING, sumWeights, type Weigh, type Weight } from './tree-weight.ts'

/**
 * Makes one folder anew: first each folder in it, then all else. So what becomes of its files need not be remembered while
 * what is below it is walked. Its tree must be held whenever one of these is called.
 */
export interface FolderRewriter {
  /** Comes first: decides what is decided as a whole. */
  settle(): Promise<void>
  /** Goes to the next folder in it that is to be gone into. */
  next(): Promise<FolderBelow | undefined>
  /** Says what has become of that folder. */
  take(tree: Buffer, less: Weight | undefined): void
  /** Once there is no next. */
  finish(): FinishedFolder
}

export interface FolderBelow {
  readonly id: Buffer
  readonly path: ByteString
}

export interface FinishedFolder {
  /** Its new tree; undefined where it stays as it is. */
  readonly plain: Buffer | undefined
  readonly less: Weight | undefined
}

export interface FolderRewriterParts extends Abortable {
  readonly rewriting: Rewriting
  readonly weigh: Weigh
  readonly save: SaveBlob
}

/** Throws `repository/damaged` for a tree that cannot be understood: to be known before anything is made of it. */
export function createFolderRewriter(
  { id, path }: FolderBelow,
  tree: HeldLevel,
  { rewriting, weigh, save, signal }: FolderRewriterParts,
): FolderRewriter {
  const last = lastFolderIn(readerOf(tree).bytes)
  const decide = rewriting.inFolder(path)
  const changes = new Map<number, WrittenChange>()
  let settled: Settled | undefined
  let at = -1
  let less: Weight | undefined = NOTHING

  function isSettled(name: ByteString, place: number): boolean {
    const become = settled?.get(name)
    if (become instanceof Buffer) changes.set(place, { type: 'subtree', subtree: become })
    return become !== undefined
  }

  return {
    async settle() {
      settled = await rewriting.settle?.(id, readerOf(tree).bytes, path, save, { signal })
    },
    async next() {
      const reader = readerOf(tree)
      while (at < last && reader.next()) {
        at++
        const name = reader.name.toString('latin1')
        if (!isGoneInto(reader) || isSettled(name, at)) continue
        const change = decide(reader, name)
        const subtree = subtreeOf(reader)
        if (change) changes.set(at, change)
        else if (subtree) return { id: subtree, path: `${path}/${name}` }
        if (change && subtree) less = less && sumWeights(less, await weigh(subtree))
      }
      return undefined
    },
    take(subtree, lessBelow) {
      less = sumWeights(less, lessBelow)
      if (!readerOf(tree).subtree?.equals(subtree)) changes.set(at, { type: 'subtree', subtree })
    },
    finish() {
      const { bytes: plain } = readerOf(tree)
      const nodes = new TreeReader(plain, 'Tree')
      for (let place = 0; nodes.next(); place++) {
        if (isGoneInto(nodes)) continue
        const name = nodes.name.toString('latin1')
        const change = isSettled(name, place) ? undefined : decide(nodes, name)
        if (change) changes.set(place, change)
      }
      if (changes.size === 0) return { plain: undefined, less }
      const written = changedTree(plain, changes)
      return { plain: written.plain, less: sumWeights(less, written.less) }
    },
  }
}

/** Whoever looks what is needed follows a tree whatever is said to have it. */
function isGoneInto(node: TreeReader): boolean {
  return node.isDir || subtreeOf(node) !== undefined
}

/** The place of the last folder in it, -1 where there is none. Reads all of it. */
function lastFolderIn(plain: Buffer): number {
  const nodes = new TreeReader(plain, 'Tree')
  let last = -1
  for (let place = 0; nodes.next(); place++) if (isGoneInto(nodes)) last = place
  return last
}

function readerOf({ readers: [reader] }: HeldLevel): TreeReader {
  if (!reader) throw new Error('a folder goes on whose tree was let go of')
  return reader
}
