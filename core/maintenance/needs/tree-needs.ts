import { createNumberWriter } from '../../base/index.ts'
import { type BlobIndex, type BlobReader, ID_BYTES } from '../../repository/index.ts'
import { TreeReader } from '../../snapshot/index.ts'
import type { TreesJob, TreesRead } from '../reading/tree-job.ts'
import { createTreeOpener, isDamage } from '../reading/tree-opener.ts'
import { chooseCopy, type PackRanks } from './copy-choice.ts'

/**
 * What trees need, each for itself. `records` holds, one behind the other: gaps, how many trees are below it and the entries
 * of those, how many packs it needs and by how much the number of each is greater than the one before.
 */
export interface TreesNeeded extends TreesRead {
  readonly records: Uint8Array
  /** Of each record the entry of its tree that a search finds, and where in `records` it begins. */
  readonly starts: Uint32Array
}

export interface TreeNeedsTools {
  readonly index: BlobIndex
  readonly reader: BlobReader
  /** One byte an entry: whether its tree was claimed by somebody. */
  readonly claimed: Uint8Array
  readonly ranks: PackRanks
  /** How many entries are of packs that are listed. Those behind them are of such that wait. */
  readonly listed: number
  readonly isStopped: () => boolean
}

/** Lists what trees need. Belongs to one thread. */
export function createTreeNeeds({ index, reader, claimed, ranks, listed, isStopped }: TreeNeedsTools) {
  const opener = createTreeOpener(index, reader, isStopped)
  const writer = createNumberWriter()
  const packs = new Set<number>()
  let trees: number[] = []
  let gaps = 0

  const needPack = (entry: number): void => void packs.add(index.locate(chooseCopy(index, ranks, listed, entry)).pack)

  function need(nodes: TreeReader): void {
    const { subtree, content } = nodes
    if (subtree) {
      const entry = index.find('tree', subtree)
      if (entry < 0) gaps++
      else trees.push(entry)
    } else if (nodes.isDir) gaps++
    if (!content) {
      if (nodes.isFile) gaps++
      return
    }
    for (let at = 0; at < content.length; at += ID_BYTES) {
      const entry = index.find('data', content.subarray(at, at + ID_BYTES))
      if (entry < 0) gaps++
      else needPack(entry)
    }
  }

  function readAll(plain: Buffer): void {
    const nodes = new TreeReader(plain, 'it')
    try {
      while (nodes.next()) need(nodes)
    } catch (error) {
      if (!isDamage(error)) throw error
      gaps++
    }
  }

  function record(): void {
    writer.write(gaps)
    writer.write(trees.length)
    for (const tree of trees) writer.write(tree)
    writer.write(packs.size)
    let before = 0
    for (const pack of [...packs].toSorted((a, b) => a - b)) {
      writer.write(pack - before)
      before = pack
    }
  }

  return {
    list(job: TreesJob): TreesNeeded {
      const starts: number[] = []
      const read = opener.open(job, (plain, id, found) => {
        const tree = index.find('tree', Buffer.from(id, 'hex'))
        gaps = 0
        trees = []
        packs.clear()
        needPack(tree)
        readAll(plain)
        starts.push(tree, writer.length)
        record()
        for (const below of trees) if (Atomics.or(claimed, below, 1) === 0) found.push(below)
      })
      return { ...read, starts: Uint32Array.from(starts), records: writer.take() }
    },
  }
}
