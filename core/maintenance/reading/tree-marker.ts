import { reasonOf } from '../../base/index.ts'
import { type BlobIndex, type BlobReader, type BlobType, ID_BYTES } from '../../repository/index.ts'
import { quote, TreeReader } from '../../snapshot/index.ts'
import type { TreesJob, TreesRead } from './tree-job.ts'
import { createTreeOpener, isDamage } from './tree-opener.ts'

/** Marks what trees need. Belongs to one thread. */
export interface TreeMarker {
  mark(job: TreesJob): TreesMarked
}

export interface TreesMarked extends TreesRead {
  /** Sentences about what trees name and nobody has. */
  readonly gaps: readonly string[]
}

/** The blob was marked before. */
export const MARKED = -1
/** Nobody has it. */
export const LACKING = -2

/** Marks that a blob is needed. Returns its entry in the index where it was not before, or else why not. */
export type MarkBlob = (type: BlobType, id: Uint8Array) => number

/** A gap more or less: one of them is enough to remove nothing. */
const MOST_GAPS = 20

export function createTreeMarker(
  index: BlobIndex,
  reader: BlobReader,
  mark: MarkBlob,
  isStopped: () => boolean,
): TreeMarker {
  const opener = createTreeOpener(index, reader, isStopped)
  let gaps: string[] = []

  function noteGap(nodes: TreeReader, tree: string, what: string): void {
    if (gaps.length < MOST_GAPS) gaps.push(`${shownName(nodes)} in tree ${tree.slice(0, 10)} ${what}`)
  }

  function markNode(nodes: TreeReader, tree: string, found: number[]): void {
    const { subtree, content } = nodes
    if (subtree) {
      const entry = mark('tree', subtree)
      if (entry === LACKING)
        noteGap(nodes, tree, `is a folder whose tree ${subtree.toString('hex', 0, 5)} is not there`)
      else if (entry !== MARKED) found.push(entry)
    } else if (nodes.isDir) noteGap(nodes, tree, 'is a folder without a tree')
    if (!content) {
      if (nodes.isFile) noteGap(nodes, tree, 'has no list of its content')
      return
    }
    let missing = 0
    for (let at = 0; at < content.length; at += ID_BYTES) {
      if (mark('data', content.subarray(at, at + ID_BYTES)) === LACKING) missing++
    }
    if (missing > 0) noteGap(nodes, tree, `misses ${missing} of its ${content.length / ID_BYTES} blobs`)
  }

  function markTree(plain: Buffer, tree: string, found: number[]): void {
    const nodes = new TreeReader(plain, 'it')
    try {
      while (nodes.next()) markNode(nodes, tree, found)
    } catch (error) {
      if (!isDamage(error)) throw error
      gaps.push(`Tree ${tree.slice(0, 10)} cannot be understood: ${reasonOf(error)}`)
    }
  }

  return {
    mark(job) {
      const read = opener.open(job, markTree)
      const marked: TreesMarked = { ...read, gaps }
      gaps = []
      return marked
    },
  }
}

/** What a node is called, for a message. */
function shownName(nodes: TreeReader): string {
  return Buffer.from(quote(nodes.name)).toString()
}
