import { editDocument } from '../document/document-editor.ts'

/**
 * The document of a snapshot for another repository. The parent is left out: there it is another one, or none. It names
 * `id` as the snapshot that it comes from, unless it names one already. Every other member stays byte for byte.
 * `what` names the document for messages, with a capital.
 * @throws CoreError `repository/damaged`
 */
export function copiedDocument(plain: Buffer, id: string, what: string): Buffer {
  const editor = editDocument(plain, what)
  editor.put('parent', undefined)
  editor.nameOriginal(id)
  return editor.document()
}
