import { LIST } from '../document/codec.ts'
import { editDocument } from '../document/document-editor.ts'
import { decodeSnapshot, encodeSummary } from '../document/snapshot-document.ts'
import { goJsonText } from '../json/json-string.ts'

/** What is other than in the snapshot that it is made from. */
export interface Rewrite {
  /** The id of the root tree. */
  readonly tree: string
  /** It has this tag, too. */
  readonly tag: string
  /** What the tree has less than the one before; undefined where nobody knows. */
  readonly less: { readonly files: number; readonly bytes: bigint } | undefined
}

/**
 * A snapshot's document with another tree. It names `id` as the snapshot that it comes from, unless it names one already.
 * The summary counts what is left, and goes where nobody knows how much that is. Every other member stays byte for byte.
 * `what` names the document for messages, with a capital.
 * @throws CoreError `repository/damaged`
 */
export function rewrittenDocument(plain: Buffer, id: string, { tree, tag, less }: Rewrite, what: string): Buffer {
  const { tags, summary } = decodeSnapshot(plain, what)
  const editor = editDocument(plain, what)
  editor.put('tree', goJsonText(tree))
  if (!tags.includes(tag)) editor.put('tags', LIST.encode([...tags, tag]))
  editor.nameOriginal(id)
  if (!less) editor.put('summary', undefined)
  else if (summary) {
    const left = {
      ...summary,
      totalFilesProcessed: reduce(summary.totalFilesProcessed, BigInt(less.files)),
      totalBytesProcessed: reduce(summary.totalBytesProcessed, less.bytes),
    }
    editor.put('summary', encodeSummary(left))
  }
  return editor.document()
}

/** A summary may count otherwise than its trees hold. */
function reduce(total: bigint, by: bigint): bigint {
  return total > by ? total - by : 0n
}
