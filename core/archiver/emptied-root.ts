import { CoreError, isCode } from '../base/index.ts'
import { printable } from '../file-system/index.ts'
import { type BlobIndex, createTreeLoader, type Repository, type TreeLoader } from '../repository/index.ts'
import { findNode, type StoredSnapshot, TreeReader } from '../snapshot/index.ts'
import { isEmptyFolder, type PreparedRoot } from '../source/index.ts'

/**
 * The targets that held something, have nothing in them any more, and are other folders than they were: a file system that
 * is not mounted today leaves an empty mount point, which must not look as if everything had been deleted. A folder that
 * somebody emptied is the same folder still, and is believed. What is mounted or unmounted after this look is another root,
 * which `PreparedSource.verify` tells.
 */
export async function findEmptied(
  repository: Repository,
  index: BlobIndex,
  roots: readonly PreparedRoot[],
  parent: StoredSnapshot,
): Promise<PreparedRoot[]> {
  const trees = createTreeLoader(repository, index)
  const emptied: PreparedRoot[] = []
  for (const root of roots) {
    const { path, readFrom, identity } = root
    if (!isEmptyFolder(Buffer.from(readFrom))) continue
    const before = await folderBefore(trees, Buffer.from(parent.tree, 'hex'), Buffer.from(path))
    if (before && !(before.inode === identity.inode && isSameDevice(before.device, identity.device))) emptied.push(root)
  }
  return emptied
}

/** No recovery point may be made of such a target. `remedy`: how it is made one that is meant to be empty. */
export function emptiedError({ path }: PreparedRoot, remedy: string): CoreError {
  return new CoreError('source/vanished', `${printable(path)} is empty and another folder than at the last backup.`, {
    safety: 'No recovery point was made of this run; earlier ones are untouched.',
    remedy: `Mount what belongs there and run the backup again. If the folder is meant to be empty, ${remedy}.`,
    context: { path: printable(path) },
  })
}

interface FolderBefore {
  readonly inode: bigint
  readonly device: bigint
}

/** A folder in the parent snapshot, if it held something. A tree that cannot be read tells nothing; its files are read. */
async function folderBefore(trees: TreeLoader, root: Buffer, path: Buffer): Promise<FolderBefore | undefined> {
  let found: FolderBefore | undefined
  let tree: Buffer = root
  const names = path
    .latin1Slice()
    .split('/')
    .filter((part) => part !== '')
  try {
    for (const name of names) {
      const node = findNode(await trees.load(tree), Buffer.from(name, 'latin1'), 'Tree')
      if (!node?.subtree) return undefined
      found = { inode: node.inode, device: node.deviceId }
      tree = node.subtree
    }
    return new TreeReader(await trees.load(tree), 'Tree').next() ? found : undefined
  } catch (error) {
    if (isCode(error, 'repository/damaged') || isCode(error, 'repository/not-in-repository')) return undefined
    throw error
  }
}

/** restic from 0.17 on names the device of hard links only. */
function isSameDevice(before: bigint, now: bigint): boolean {
  return before === 0n || before === now
}
