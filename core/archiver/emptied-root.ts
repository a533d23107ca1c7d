import { CoreError } from '../base/index.ts'
import { type BlobIndex, createTreeLoader, type Repository, type TreeLoader } from '../repository/index.ts'
import { findNode, TreeReader } from '../snapshot/index.ts'
import { printable } from '../source/index.ts'

/**
 * Refuses a backup in which a target that held something has nothing in it any more and is another folder than it was:
 * a file system that is not mounted today leaves an empty mount point, which must not look as if everything had been
 * deleted. A folder that somebody emptied is the same folder still, and is believed.
 */
export async function refuseEmptied(
  repository: Repository,
  index: BlobIndex,
  targets: readonly Buffer[],
  before: Buffer,
  now: Buffer,
  isDryRun: boolean,
): Promise<void> {
  if (isDryRun) return
  const trees = createTreeLoader(repository, index)
  for (const target of targets) {
    const old = await folderAt(trees, before, target)
    if (!old || (await isEmpty(trees, old.tree))) continue
    const current = await folderAt(trees, now, target)
    if (!current || !(await isEmpty(trees, current.tree))) continue
    if (old.inode === current.inode && old.device === current.device) continue
    throw new CoreError(
      'source/vanished',
      `${printable(target)} is empty and another folder than at the last backup.`,
      {
        safety: 'No recovery point was made of this run; earlier ones are untouched.',
        remedy:
          'Mount what belongs there and run the backup again. If the folder is meant to be empty, give --force once.',
      },
    )
  }
}

interface Found {
  readonly tree: Buffer
  readonly inode: bigint
  readonly device: bigint
}

async function folderAt(trees: TreeLoader, root: Buffer, path: Buffer): Promise<Found | undefined> {
  let found: Found | undefined
  let tree: Buffer | undefined = root
  for (const name of path
    .toString('latin1')
    .split('/')
    .filter((part) => part !== '')) {
    const node: TreeReader | undefined = findNode(await trees.load(tree), Buffer.from(name, 'latin1'), 'Tree')
    tree = node?.subtree
    if (!node || !tree) return undefined
    found = { tree, inode: node.inode, device: node.deviceId }
  }
  return found
}

async function isEmpty(trees: TreeLoader, tree: Buffer): Promise<boolean> {
  return !new TreeReader(await trees.load(tree), 'Tree').next()
}
