import { createTreeLoader, type Repository } from '../../core/repository/index.ts'
import { findNode, type Node } from '../../core/snapshot/index.ts'

/** The node at an absolute path in the snapshot whose root tree is given. */
export async function nodeAt(repository: Repository, root: Uint8Array, path: string): Promise<Node> {
  const trees = createTreeLoader(repository, await repository.loadIndex({ purpose: 'read' }))
  let tree: Uint8Array | undefined = root
  let node: Node | undefined
  for (const name of path.split('/').filter((part) => part !== '')) {
    node = tree && findNode(await trees.load(tree), Buffer.from(name), path)?.node()
    tree = node?.subtree
  }
  if (!node) throw new Error(`${path} is not in the snapshot`)
  return node
}
