import type { Abortable } from '../../base/index.ts'
import type { TreeLoader } from '../../repository/index.ts'
import { walkTree } from '../tree/walk-tree.ts'
import { type BlobLedger, COMMON, EQUAL } from './blob-ledger.ts'

/**
 * Marks what is needed by folders that are the same before and after, each once: a blob of a file that went is not gone
 * where another file has it. Where no blob is on one side only, nothing is read.
 */
export async function markCommonBlobs(
  trees: TreeLoader,
  ledger: BlobLedger,
  onUnreadable: (error: unknown) => void,
  options: Abortable,
): Promise<void> {
  if (!ledger.hasDifferences) return
  for (const root of ledger.marked(EQUAL)) {
    if (isMarked(ledger, root)) continue
    await walkTree(
      trees,
      root,
      undefined,
      {
        entry(node) {
          if (node.isFile) ledger.markContent(node.content, COMMON)
          const subtree = node.isDir ? node.subtree : undefined
          return subtree && !isMarked(ledger, subtree) ? null : undefined
        },
        unreadable: (_, error) => onUnreadable(error),
        pause: () => undefined,
      },
      options,
    )
  }
}

/** Marks a tree, and returns whether it was marked before. */
function isMarked(ledger: BlobLedger, tree: Buffer): boolean {
  return (ledger.mark('tree', tree, COMMON) & COMMON) !== 0
}
