import { createHash } from 'node:crypto'

import { type Repository, createTreeLoader, type BlobIndex } from '../../core/repository/index.ts'
import { loadSnapshots, TreeReader } from '../../core/snapshot/index.ts'

/**
 * The hash of all that each snapshot holds: every node, and every byte of every file. Rejects where one cannot be read, as
 * restic reads: packs that wait to be removed are none. `read` is as we read: there they are.
 */
export async function snapshotContents(
  repository: Repository,
  purpose: 'refer' | 'read' = 'refer',
): Promise<Map<string, string>> {
  const index = await repository.loadIndex({ purpose })
  const trees = new Map<string, Promise<string>>()
  const contents = new Map<string, string>()
  for (const { id, tree } of await loadSnapshots(repository)) {
    contents.set(id, await hashTree(repository, index, Buffer.from(tree, 'hex'), trees))
  }
  return contents
}

function hashTree(
  repository: Repository,
  index: BlobIndex,
  tree: Buffer,
  known: Map<string, Promise<string>>,
): Promise<string> {
  const key = tree.toString('hex')
  let hashing = known.get(key)
  if (!hashing) {
    hashing = hashNodes(repository, index, tree, known)
    known.set(key, hashing)
  }
  return hashing
}

async function hashNodes(
  repository: Repository,
  index: BlobIndex,
  tree: Buffer,
  known: Map<string, Promise<string>>,
): Promise<string> {
  const hash = createHash('sha256')
  const plain = await createTreeLoader(repository, index).load(tree)
  hash.update(plain)
  const nodes = new TreeReader(plain, 'Tree')
  while (nodes.next()) {
    const { subtree, content } = nodes
    if (subtree) hash.update(await hashTree(repository, index, subtree, known))
    for (let at = 0; at < (content?.length ?? 0); at += 32) {
      hash.update(await repository.loadBlob(index, 'data', content?.subarray(at, at + 32) ?? Buffer.alloc(0)))
    }
  }
  return hash.digest('hex')
}
