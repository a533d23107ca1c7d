import { LIST } from '../document/codec.ts'
import { editDocument } from '../document/document-editor.ts'

/**
 * A snapshot's document with other tags. It names `id` as the snapshot that it comes from, unless it names one already.
 * Every other member stays byte for byte, in its place. `what` names the document for messages, with a capital.
 * @throws CoreError `repository/damaged`
 */
export function retagDocument(plain: Buffer, id: string, tags: readonly string[], what: string): Buffer {
  const editor = editDocument(plain, what)
  editor.put('tags', tags.length > 0 ? LIST.encode(tags) : undefined)
  editor.nameOriginal(id)
  return editor.document()
}
