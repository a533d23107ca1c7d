import { createTreeLoader, ID_BYTES, type Repository } from '../../core/repository/index.ts'
import { loadSnapshot, readImage, TreeReader } from '../../core/snapshot/index.ts'

/**
 * The ids of the blocks of a disk in a snapshot, extent by extent: the SHA-256 of each block. Every one of them was read, and
 * is what it is called. Rejects where one cannot be read, as restic reads: packs that wait to be removed are none.
 */
export async function storedBlocks(repository: Repository, snapshot: string, name: string): Promise<string[][]> {
  const index = await repository.loadIndex({ purpose: 'refer' })
  const trees = createTreeLoader(repository, index)
  const { tree } = await loadSnapshot(repository, snapshot)
  const image = await readImage({ repository, index, trees }, Buffer.from(tree, 'hex'), name)
  if (!image) throw new Error(`${snapshot} has no disk ${name}.`)
  const read = new Set<string>()
  const extents: string[][] = []
  for (const { subtree } of image.extents) {
    const nodes = new TreeReader(await trees.load(subtree), 'Tree')
    if (!nodes.next() || !nodes.content) throw new Error(`An extent of ${name} has no content.`)
    const ids = Buffer.from(nodes.content)
    const blocks = Array.from({ length: ids.length / ID_BYTES }, (_, at) =>
      ids.toString('hex', at * ID_BYTES, (at + 1) * ID_BYTES),
    )
    for (const id of new Set(blocks)) {
      if (!read.has(id)) await repository.loadBlob(index, 'data', Buffer.from(id, 'hex'))
      read.add(id)
    }
    extents.push(blocks)
  }
  return extents
}
