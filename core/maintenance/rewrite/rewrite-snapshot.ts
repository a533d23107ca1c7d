import type { Abortable } from '../../base/index.ts'
import type { Repository } from '../../repository/index.ts'
import { rewrittenDocument } from '../../snapshot/index.ts'
import type { RewrittenTree } from './tree-rewriter.ts'

/**
 * Saves a snapshot like another one, of another tree, with one tag more. To be called when all that the tree needs is stored
 * and listed. Resolves to its id.
 */
export async function saveRewritten(
  repository: Repository,
  id: string,
  { id: tree, less }: RewrittenTree,
  tag: string,
  options: Abortable = {},
): Promise<string> {
  const plain = await repository.loadDocument('snapshot', id, options)
  const rewritten = rewrittenDocument(plain, id, { tree: tree.toString('hex'), tag, less }, `Snapshot ${id}`)
  return repository.saveDocument('snapshot', rewritten, options)
}
