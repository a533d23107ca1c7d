import type { ByteString } from '../../file-system/index.ts'
import { createTreeLoader, type Repository } from '../../repository/index.ts'
import type { RestoreSelection } from '../../selection/index.ts'
import { EXTENT_FILE, EXTENTS, findNode, isDisk, TreeReader } from '../../snapshot/index.ts'
import type { Settle } from './rewriting.ts'
import type { StoredBlobs } from './stored-blobs.ts'

export interface KeptDisksReport {
  /** A disk that stays whole, although something in it is not taken. */
  readonly onDiskKept: (path: ByteString) => void
}

const EXTENTS_NAME = EXTENTS.toString('latin1')
const EXTENT_NAME = EXTENT_FILE.toString('latin1')

/** Has disks stay whole where a selection does not take something in them: a part of a disk is no disk. */
export function keepDisksWhole(
  repository: Repository,
  { index }: StoredBlobs,
  selection: RestoreSelection,
  { onDiskKept }: KeptDisksReport,
): Settle {
  const trees = createTreeLoader(repository, index)

  return async (_tree, plain, path, _save, options) => {
    if (!isDisk(plain)) return undefined
    const names = namesIn(plain)
    const list = findNode(plain, EXTENTS, 'Tree')?.subtree
    const extents = list ? namesIn(await trees.load(list, options)) : []
    const below = `${path}/${EXTENTS_NAME}`
    const isWhole =
      names.every(selection.inFolder(path)) &&
      extents.every(selection.inFolder(below)) &&
      extents.every((extent) => selection.inFolder(`${below}/${extent}`)(EXTENT_NAME))
    if (!isWhole) onDiskKept(path)
    return new Map(names.map((name) => [name, 'same']))
  }
}

function namesIn(plain: Buffer): ByteString[] {
  const nodes = new TreeReader(plain, 'Tree')
  const names: ByteString[] = []
  while (nodes.next()) names.push(nodes.name.toString('latin1'))
  return names
}
